import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {KeepLast} from "@web/core/utils/concurrency";
import {refusalOf} from "../board_model";
import {length} from "../clock";

const FEW = 8;

/** One order: what it needs, who can take it and why the others cannot. */
export class OrderPanel extends Component {
    static template = "qifei_dispatch.OrderPanel";
    static props = {model: Object, order: Object, onOpen: Function, onMove: Function};

    setup() {
        this.model = useState(this.props.model);
        this.state = useState({
            candidates: null,
            refusal: "",
            showAll: false,
            showRefused: false,
        });
        this.keepLast = new KeepLast();
        this.length = length;
        onWillStart(() => {
            this.load(this.props.order);
        });
        onWillUpdateProps((next) => {
            const {order} = this.props;
            if (next.order.id !== order.id || next.order.token !== order.token) {
                if (next.order.id !== order.id) {
                    this.state.candidates = null;
                    this.state.showAll = this.state.showRefused = false;
                }
                this.load(next.order);
            }
        });
    }

    get isMovable() {
        return ["draft", "assigned", "accepted"].includes(this.props.order.state);
    }

    get engineer() {
        const {order} = this.props;
        return this.model.getRow(order.engineer_id)?.engineer.name || order.engineer;
    }

    get windows() {
        const {clock} = this.model;
        return this.props.order.windows.map(
            ([from, to]) => `${clock.dayAndTime(from)}–${clock.time(to)}`
        );
    }

    get skills() {
        return this.props.order.skill_ids
            .map((id) => this.model.board.skills.find((skill) => skill.id === id)?.name)
            .filter(Boolean);
    }

    get possible() {
        const all = (this.state.candidates || []).filter((one) => one.is_possible);
        return this.state.showAll ? all : all.slice(0, FEW);
    }

    get possibleCount() {
        return this.state.candidates.filter((one) => one.is_possible).length;
    }

    get showAllText() {
        return _t("Show all (%s)", this.possibleCount);
    }

    get refusedText() {
        return _t("Why not the others (%s)", this.refused.length);
    }

    get refused() {
        return (this.state.candidates || []).filter((one) => !one.is_possible);
    }

    async load(order) {
        if (!["draft", "assigned", "accepted"].includes(order.state)) {
            this.state.candidates = [];
            return;
        }
        try {
            this.state.candidates = await this.keepLast.add(
                this.model.loadCandidates(order.id)
            );
            this.state.refusal = "";
        } catch (error) {
            const refusal = refusalOf(error);
            if (!refusal) {
                throw error;
            }
            this.state.candidates = [];
            this.state.refusal = refusal;
        }
    }

    describe(candidate) {
        return candidate.added_travel === null
            ? ""
            : _t("+%s travel", length(Math.max(candidate.added_travel, 0)));
    }

    /** Whether the visit is at its best place with this engineer already. */
    isThere(candidate) {
        return candidate.is_present && candidate.start === this.props.order.start;
    }

    labelOf(candidate) {
        return _t("Give it to %(engineer)s at %(time)s", {
            engineer: candidate.name,
            time: this.model.clock.time(candidate.start),
        });
    }

    choose(candidate) {
        return this.model.move(
            this.props.order.id,
            candidate.engineer_id,
            candidate.start
        );
    }
}
