import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

const SEEN_KEY = "qifei_portal.hint_seen";

/**
 * Lets a visitor close the hint of the first booking for good.
 */
export class BookingHint extends Interaction {
    static selector = ".o_qifei_hint";
    dynamicContent = {
        ".o_qifei_hint_close": {"t-on-click": this.onClose},
    };

    start() {
        if (localStorage.getItem(SEEN_KEY)) {
            this.el.remove();
            return;
        }
        this.el.querySelector(".o_qifei_hint_close").classList.remove("d-none");
    }

    onClose() {
        localStorage.setItem(SEEN_KEY, "1");
        this.el.remove();
    }
}

registry.category("public.interactions").add("qifei_portal.booking_hint", BookingHint);
