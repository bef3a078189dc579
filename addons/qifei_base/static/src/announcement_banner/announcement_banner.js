import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {session} from "@web/session";

/** Shows the pinned announcements the user has not read, one after the other. */
export class AnnouncementBanner extends Component {
    static template = "qifei_base.AnnouncementBanner";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({announcements: session.qifei_announcements || []});
    }

    get announcement() {
        return this.state.announcements[0];
    }

    /** Put it away until the next visit, without a receipt. */
    postpone() {
        this.state.announcements.shift();
    }

    async confirm() {
        const {id} = this.announcement;
        await this.orm.call("qifei.announcement", "action_mark_read", [[id]]);
        this.state.announcements = this.state.announcements.filter(
            (one) => one.id !== id
        );
        this.env.bus.trigger("QIFEI_BASE:ANNOUNCEMENT_READ");
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "qifei.announcement",
            res_id: this.announcement.id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry
    .category("main_components")
    .add("qifei_base.AnnouncementBanner", {Component: AnnouncementBanner});
