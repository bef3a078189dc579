import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ROW_HEIGHT, span} from "../geometry";
import {length} from "../clock";
import {isBroken, lateness, matches} from "../board_model";

const GAP = 3;

/** One engineer and his day. */
export class TimelineRow extends Component {
    static template = "qifei_dispatch.TimelineRow";
    static props = {
        row: Object,
        index: Number,
        axis: Object,
        clock: Object,
        now: Number,
        states: Object,
        selectedId: {type: [Number, {value: null}]},
        tabId: {type: [Number, {value: null}]},
        isSelected: Boolean,
        changed: Object,
        words: Array,
        verdict: {type: [Object, {value: null}]},
        onSelectOrder: Function,
        onSelectEngineer: Function,
        onOpen: Function,
        onGrab: Function,
    };

    get engineer() {
        return this.props.row.engineer;
    }

    get style() {
        return `top: ${this.props.index * ROW_HEIGHT}px; height: ${ROW_HEIGHT}px;`;
    }

    get load() {
        const {bars, work} = this.props.row;
        return bars.length
            ? _t("Orders: %(count)s · %(time)s", {
                  count: bars.length,
                  time: length(work),
              })
            : _t("Free");
    }

    get isOff() {
        return !this.engineer.shifts.length;
    }

    /** How full the day is, travel included, in per cent of the working time. */
    get share() {
        const time = this.engineer.shifts.reduce(
            (sum, [start, end]) => sum + end - start,
            0
        );
        const {work, travel} = this.props.row;
        return time ? Math.min(100, Math.round((100 * (work + travel)) / time)) : 0;
    }

    get refusal() {
        const {verdict} = this.props;
        return verdict && !verdict.is_possible ? verdict.reasons.join(" ") : "";
    }

    get shifts() {
        return this.engineer.shifts.map(([start, end]) => this.place(start, end));
    }

    place(start, end) {
        const {left, width} = span(start, end, this.props.axis);
        return `left: ${left}px; width: ${width}px;`;
    }

    get bars() {
        const {row, axis, now, selectedId, words} = this.props;
        const height = ROW_HEIGHT - 2 * GAP - 8;
        return row.bars.map(({order, lane, lanes}) => {
            const {left, width} = span(order.start, order.end, axis);
            const late = lateness(order, now);
            return {
                order,
                late,
                travel: order.travel
                    ? this.place(order.start - order.travel, order.start)
                    : "",
                className: [
                    `o_state_${order.state}`,
                    late ? "o_late" : "",
                    order.missing > 0 ? "o_tight" : "",
                    order.id === selectedId ? "o_selected" : "",
                    order.is_pinned ? "o_pinned" : "",
                    this.props.changed.has(order.id) ? "o_changed" : "",
                    words.length && !matches(order, words) ? "o_faint" : "",
                    isBroken(order, this.engineer.shifts) ? "o_broken" : "",
                ]
                    .filter(Boolean)
                    .join(" "),
                style:
                    `left: ${left}px; width: ${Math.max(width, 6)}px; ` +
                    `top: ${GAP + 4 + (lane * height) / lanes}px; ` +
                    `height: ${height / lanes - (lanes > 1 ? 1 : 0)}px;`,
                isWide: width > 34,
                isTall: lanes === 1,
                label: this.describe(order, late),
            };
        });
    }

    describe(order, late) {
        return [
            order.name,
            order.customer,
            this.props.clock.times(order.start, order.end),
            this.props.states[order.state],
            late ? _t("%s late", length(late)) : "",
            order.missing > 0 ? _t("%s short of travel", length(order.missing)) : "",
            isBroken(order, this.engineer.shifts) ? _t("engineer absent") : "",
            order.is_pinned ? _t("pinned") : "",
        ]
            .filter(Boolean)
            .join(", ");
    }

    onPointerDown(ev, order) {
        const {axis} = this.props;
        const left = ev.currentTarget.getBoundingClientRect().left;
        const hidden = Math.max(axis.from - order.start, 0);
        this.props.onGrab(ev, order.id, (ev.clientX - left) / axis.pixels + hidden);
    }
}
