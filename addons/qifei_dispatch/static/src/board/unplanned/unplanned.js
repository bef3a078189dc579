import {
    Component,
    onMounted,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useThrottleForAnimation} from "@web/core/utils/timing";
import {useDropZone} from "../board_drag";
import {length} from "../clock";
import {visibleRows} from "../geometry";

export const CARD_HEIGHT = 70;

/** What nobody has been given a time for yet; only the cards in the window are drawn. */
export class Unplanned extends Component {
    static template = "qifei_dispatch.Unplanned";
    static props = {model: Object, drag: Object, onOpen: Function, expose: Function};

    setup() {
        this.model = useState(this.props.model);
        this.state = useState({first: 0, last: 20});
        this.root = useRef("root");
        this.scroller = useRef("scroller");
        this.onScroll = useThrottleForAnimation(() => this.measure());
        useDropZone(this.props.drag, this);
        this.props.expose(this);
        onMounted(() => {
            this.observer = new ResizeObserver(() => this.measure());
            this.observer.observe(this.scroller.el);
            this.measure();
        });
        onWillUnmount(() => this.observer.disconnect());
        useEffect(
            () => this.measure(),
            () => [this.model.waiting]
        );
    }

    measure() {
        const el = this.scroller.el;
        if (!el) {
            return;
        }
        const [first, last] = visibleRows({
            top: el.scrollTop,
            height: el.clientHeight,
            count: this.model.waiting.length,
            rowHeight: CARD_HEIGHT,
        });
        if (first !== this.state.first || last !== this.state.last) {
            Object.assign(this.state, {first, last});
        }
    }

    get cards() {
        const {first, last} = this.state;
        const {clock} = this.model;
        return this.model.waiting.slice(first, last).map((order, index) => ({
            order,
            index: first + index,
            style: `top: ${(first + index) * CARD_HEIGHT}px; height: ${CARD_HEIGHT}px`,
            when: order.windows.length
                ? order.windows
                      .map(([from, to]) =>
                          clock.moment(from).hasSame(clock.moment(0), "day")
                              ? clock.times(from, to)
                              : `${clock.dayAndTime(from)}–${clock.time(to)}`
                      )
                      .join(", ")
                : "",
            due: order.due === null ? "" : _t("until %s", clock.dayAndTime(order.due)),
            isLate: order.due !== null && order.due < this.model.now,
            length: length(order.duration),
            isSelected:
                this.model.selected?.kind === "order" &&
                this.model.selected.id === order.id,
        }));
    }

    get isFirstTab() {
        return !this.model.waiting.some(
            (order) =>
                this.model.selected?.kind === "order" &&
                this.model.selected.id === order.id
        );
    }

    // === DROP ZONE === //

    hit(x, y, held) {
        const box = this.root.el.getBoundingClientRect();
        const isInside =
            x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
        return isInside && held.order.engineer_id ? {isList: true} : null;
    }

    mark(hit) {
        this.root.el?.classList.toggle("o_target", Boolean(hit?.isList));
    }

    // === KEYBOARD === //

    /** Bring a card into the window and give it the focus. */
    reveal(orderId) {
        const index = this.model.waiting.findIndex((order) => order.id === orderId);
        const el = this.scroller.el;
        if (index < 0 || !el) {
            return;
        }
        const top = index * CARD_HEIGHT;
        if (top < el.scrollTop || top + CARD_HEIGHT > el.scrollTop + el.clientHeight) {
            el.scrollTop = top - el.clientHeight / 2;
        }
        this.measure();
        requestAnimationFrame(() =>
            el
                .querySelector(`.o_qifei_board_card[data-order="${orderId}"]`)
                ?.focus({preventScroll: true})
        );
    }
}
