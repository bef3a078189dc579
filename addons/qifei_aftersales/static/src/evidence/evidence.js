import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * Evidence of a warranty decision: the question as a table, the clauses below it.
 */
export class Evidence extends Component {
    static template = "qifei_aftersales.Evidence";
    static props = {...standardFieldProps};

    get value() {
        return this.props.record.data[this.props.name] || {};
    }

    get facts() {
        const card = this.value.card || {};
        return [
            [_t("Day of the fault"), this.value.date],
            [_t("Product"), this.value.product],
            [_t("Machine"), card.equipment],
            [_t("Purchased on"), card.date_purchase],
            [_t("Installed on"), card.date_installation],
            [_t("Warranty card"), card.number],
            [_t("Activated on"), card.date_activation],
            [_t("Policy"), card.policy && `${card.policy} (v${card.policy_version})`],
        ].filter(([, value]) => value);
    }

    get lines() {
        return this.value.lines || [];
    }
}

registry.category("fields").add("qifei_evidence", {
    component: Evidence,
    supportedTypes: ["json"],
});
