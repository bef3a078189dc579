import {markup} from "@odoo/owl";
import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {setElementContent} from "@web/core/utils/html";
import {Interaction} from "@web/public/interaction";

const POLL_SECONDS = 20;

/**
 * Keeps the tracking page of a visit current while somebody looks at it.
 */
export class OrderLive extends Interaction {
    static selector = ".o_qifei_live[data-living='1']";

    start() {
        this.stamp = this.el.dataset.stamp;
        this.planPoll();
    }

    planPoll() {
        this.waitForTimeout(() => this.poll(), POLL_SECONDS * 1000);
    }

    async poll() {
        if (document.hidden) {
            this.planPoll();
            return;
        }
        let answer = {};
        try {
            answer = await this.waitFor(
                rpc(
                    this.el.dataset.url,
                    {access_token: this.el.dataset.token, stamp: this.stamp},
                    {silent: true}
                )
            );
        } catch {
            // A phone loses its network now and then; the next try may succeed.
        }
        if (answer.gone) {
            return;
        }
        if (answer.html && (answer.task || "") !== this.el.dataset.task) {
            // The customer is asked for something new, which the whole page shows.
            window.location.reload();
            return;
        }
        if (answer.html) {
            this.stamp = answer.stamp;
            this.show(answer);
        }
        this.planPoll();
    }

    /** Replace what the page shows by a newer answer; other addons add to it. */
    show(answer) {
        setElementContent(this.el, markup(answer.html));
    }
}

registry.category("public.interactions").add("qifei_portal.order_live", OrderLive);
