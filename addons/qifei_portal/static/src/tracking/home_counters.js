import {PortalHomeCounters} from "@portal/interactions/portal_home_counters";
import {patch} from "@web/core/utils/patch";

patch(PortalHomeCounters.prototype, {
    /**
     * Customers without any request see the card too: it leads to the first booking.
     *
     * @override
     */
    getCountersAlwaysDisplayed() {
        return [...super.getCountersAlwaysDisplayed(), "qifei_ticket_count"];
    },
});
