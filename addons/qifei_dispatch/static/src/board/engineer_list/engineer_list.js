import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {lateness} from "../board_model";
import {length} from "../clock";

/** The days of the engineers one below the other, for small screens. */
export class EngineerList extends Component {
    static template = "qifei_dispatch.EngineerList";
    static props = {model: Object, engineerId: {type: Number, optional: true}};

    setup() {
        this.model = useState(this.props.model);
        this.state = useState({open: {}});
        this.length = length;
    }

    get rows() {
        const {engineerId} = this.props;
        return engineerId
            ? [this.model.getRow(engineerId)].filter(Boolean)
            : this.model.shown;
    }

    isOpen(row) {
        return (
            this.props.engineerId || (this.state.open[row.engineer.id] ?? this.isShort)
        );
    }

    get isShort() {
        return this.model.shown.length <= 5 || this.model.words.length > 0;
    }

    toggle(row) {
        this.state.open[row.engineer.id] = !this.isOpen(row);
    }

    late(order) {
        return lateness(order, this.model.now);
    }

    lateText(order) {
        return _t("%s late", length(this.late(order)));
    }

    load(row) {
        if (!row.engineer.shifts.length && !row.bars.length) {
            return _t("Off duty");
        }
        return row.bars.length
            ? _t("Orders: %(count)s · %(time)s", {
                  count: row.bars.length,
                  time: length(row.work),
              })
            : _t("Free");
    }
}
