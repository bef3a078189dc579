import {onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {FloatField, floatField} from "@web/views/fields/float/float_field";
import {MonetaryField, monetaryField} from "@web/views/fields/monetary/monetary_field";

/** Makes a figure of a statement a link to the moves that it is made of. */
const withMoves = (Field) =>
    class extends Field {
        static template = "qifei_parts.StatementFigureField";

        setup() {
            super.setup();
            this.orm = useService("orm");
            this.actionService = useService("action");
            onWillStart(async () => {
                this.mayOpen = await user.hasGroup("stock.group_stock_user");
            });
        }

        get isLink() {
            const {name, record} = this.props;
            return this.mayOpen && Boolean(record.resId) && Boolean(record.data[name]);
        }

        async openMoves() {
            const {name, record} = this.props;
            const action = await this.orm.call(record.resModel, "action_open_figure", [
                [record.resId],
                name,
            ]);
            await this.actionService.doAction(action);
        }
    };

export class StatementFigureField extends withMoves(FloatField) {}
export class StatementValueField extends withMoves(MonetaryField) {}

registry.category("fields").add("qifei_statement_figure", {
    ...floatField,
    component: StatementFigureField,
});
registry.category("fields").add("qifei_statement_value", {
    ...monetaryField,
    component: StatementValueField,
});
