import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/**
 * Everything that happened around the record of a form, newest first, by month.
 * The model answers `get_history` (see qifei.history.mixin).
 */
export class ServiceHistory extends Component {
    static template = "qifei_aftersales.ServiceHistory";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({events: [], kind: ""});
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((nextProps) => this.load(nextProps.record));
    }

    async load(record) {
        this.state.events = record.resId
            ? await this.orm.call(record.resModel, "get_history", [[record.resId]])
            : [];
    }

    get kinds() {
        const kinds = new Map();
        for (const event of this.state.events) {
            const kind = kinds.get(event.kind) || {
                id: event.kind,
                label: event.label,
                icon: event.icon,
                count: 0,
            };
            kind.count++;
            kinds.set(event.kind, kind);
        }
        return [...kinds.values()];
    }

    get months() {
        const months = new Map();
        for (const event of this.state.events) {
            if (this.state.kind && event.kind !== this.state.kind) {
                continue;
            }
            const date = deserializeDateTime(event.date);
            const label = date.toLocaleString({month: "long", year: "numeric"});
            if (!months.has(label)) {
                months.set(label, []);
            }
            months.get(label).push({
                ...event,
                key: `${event.model},${event.id},${event.title}`,
                day: formatDate(date),
            });
        }
        return [...months.entries()].map(([label, events]) => ({label, events}));
    }

    toggleKind(kind) {
        this.state.kind = this.state.kind === kind ? "" : kind;
    }

    open(event) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: event.model,
            res_id: event.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("qifei_history", {
    component: ServiceHistory,
});
