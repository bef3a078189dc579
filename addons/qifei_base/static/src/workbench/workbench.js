import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

export class WorkbenchCard extends Component {
    static template = "qifei_base.WorkbenchCard";
    static props = {
        card: Object,
        openCard: Function,
        openItem: Function,
    };

    get headingId() {
        return `o_qifei_workbench_${this.props.card.id}`;
    }

    /** The accent of a card stands for work that waits: no work, no colour. */
    get accent() {
        const {color, count} = this.props.card;
        return count ? color : "";
    }
}

export class Workbench extends Component {
    static template = "qifei_base.Workbench";
    static components = {Layout, WorkbenchCard};
    static props = {...standardActionServiceProps};
    static displayName = _t("Workbench");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({cards: [], isLoading: false});
        useBus(this.env.bus, "QIFEI_BASE:ANNOUNCEMENT_READ", () => this.load());
        onWillStart(() => this.load());
    }

    async load() {
        this.state.isLoading = true;
        try {
            this.state.cards = await this.orm.call("qifei.workbench", "get_cards", []);
        } finally {
            this.state.isLoading = false;
        }
    }

    async openCard(card) {
        const action = await this.action.loadAction(card.action, card.context);
        if (card.domain.length) {
            action.domain = card.domain;
        }
        return this.action.doAction(action, {additionalContext: card.context});
    }

    openItem(item) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: item.model,
            res_id: item.id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("actions").add("qifei_base.workbench", Workbench);
