import {
    Component,
    onMounted,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {useThrottleForAnimation} from "@web/core/utils/timing";
import {useDropZone} from "../board_drag";
import {
    ROW_HEIGHT,
    clamp,
    hitTest,
    scrollSpeed,
    snap,
    span,
    ticks,
    visibleRows,
} from "../geometry";
import {TimelineRow} from "./timeline_row";

export const NAME_WIDTH = 190;
export const HEAD_HEIGHT = 30;
const LEAST_PIXELS = 0.55;
// The rows that are drawn around the window may be fewer by so many on one side.
const SLACK = 4;

/** The engineers and their day; only the rows in the window are drawn. */
export class Timeline extends Component {
    static template = "qifei_dispatch.Timeline";
    static components = {TimelineRow};
    static props = {model: Object, drag: Object, onOpen: Function, expose: Function};

    setup() {
        this.model = useState(this.props.model);
        this.state = useState({first: 0, last: 0, width: 0});
        this.scroller = useRef("scroller");
        this.rows = useRef("rows");
        this.target = useRef("target");
        this.onScroll = useThrottleForAnimation(() => this.measure());
        useDropZone(this.props.drag, this);
        this.props.expose(this);
        onMounted(() => {
            this.observer = new ResizeObserver(() => this.measureSize());
            this.observer.observe(this.scroller.el);
            this.measureSize();
        });
        onWillUnmount(() => this.observer.disconnect());
        useEffect(
            () => this.measure(),
            () => [this.model.shown]
        );
        useEffect(
            (moving) => {
                if (moving) {
                    this.showMoving(moving);
                } else {
                    this.mark(null);
                }
            },
            () => [
                this.model.moving,
                this.model.moving?.engineerId,
                this.model.moving?.minute,
                this.axis.pixels,
            ]
        );
    }

    get axis() {
        const [from, to] = this.model.range;
        const fit = (this.state.width - NAME_WIDTH - 2) / (to - from);
        const pixels = Math.max(fit, LEAST_PIXELS) * this.model.choices.zoom;
        const kept = this.keptAxis;
        if (kept?.from !== from || kept.to !== to || kept.pixels !== pixels) {
            // The same object as long as nothing changes: rows compare their props.
            this.keptAxis = {from, to, pixels};
        }
        return this.keptAxis;
    }

    get width() {
        const {from, to, pixels} = this.axis;
        return NAME_WIDTH + (to - from) * pixels;
    }

    get ticks() {
        const axis = this.axis;
        return ticks([axis.from, axis.to], axis.pixels).map((minute) => ({
            minute,
            label: this.model.clock.time(minute),
            isFirst: minute === axis.from,
            style: `left: ${NAME_WIDTH + (minute - axis.from) * axis.pixels}px`,
        }));
    }

    get drawn() {
        const {first, last} = this.state;
        return this.model.shown
            .slice(first, last)
            .map((row, index) => ({row, index: first + index}));
    }

    /** The visit that the tab key leads to: the chosen one, or the first. */
    get tabId() {
        const {selectedOrder, shown} = this.model;
        if (selectedOrder?.is_planned) {
            return selectedOrder.id;
        }
        return shown.find((row) => row.bars.length)?.bars[0].order.id ?? null;
    }

    get nowLeft() {
        const {from, to, pixels} = this.axis;
        const {now} = this.model;
        return now >= from && now <= to ? NAME_WIDTH + (now - from) * pixels : null;
    }

    get dragged() {
        const {drag} = this.model;
        return drag?.verdicts || this.model.moving?.verdicts;
    }

    measureSize() {
        const {clientHeight, clientWidth} = this.scroller.el;
        this.height = clientHeight - HEAD_HEIGHT;
        if (clientWidth !== this.state.width) {
            this.state.width = clientWidth;
        }
        this.measure();
    }

    /** See which rows the window shows; drawn anew when it nears the last drawn one. */
    measure() {
        const el = this.scroller.el;
        if (!el) {
            return;
        }
        const count = this.model.shown.length;
        const [first, last] = visibleRows({
            top: el.scrollTop,
            height: this.height,
            count,
        });
        const {state} = this;
        const isNearEnd =
            first + SLACK < state.first ||
            last - SLACK > state.last ||
            (last === count && state.last !== count) ||
            (first === 0 && state.first !== 0);
        if (isNearEnd) {
            Object.assign(state, {first, last});
        }
    }

    // === DROP ZONE === //

    hit(x, y, held) {
        const box = this.scroller.el.getBoundingClientRect();
        const top = box.top + HEAD_HEIGHT;
        if (x < box.left || x > box.right || y < top || y > box.bottom) {
            return null;
        }
        const rows = this.rows.el.getBoundingClientRect();
        const found = hitTest(
            {x: Math.max(x, box.left + NAME_WIDTH), y},
            {
                left: rows.left + NAME_WIDTH,
                top: rows.top,
                count: this.model.shown.length,
            },
            this.axis
        );
        if (!found) {
            return null;
        }
        const engineerId = this.model.shown[found.row].engineer.id;
        // On the name the server finds the time.
        if (x < box.left + NAME_WIDTH) {
            return {engineerId, minute: null, row: found.row};
        }
        return {engineerId, minute: snap(found.minute - held.offset), row: found.row};
    }

    /** Show where the visit would be. */
    mark(hit, order) {
        const el = this.target.el;
        if (!el) {
            return;
        }
        const isHere = hit?.row !== undefined && hit.minute !== null;
        el.classList.toggle("d-none", !isHere);
        if (isHere) {
            const {left, width} = span(
                hit.minute,
                hit.minute + order.duration,
                this.axis
            );
            el.style.transform = `translate(${NAME_WIDTH + left}px, ${hit.row * ROW_HEIGHT}px)`;
            el.style.width = `${Math.max(width, 6)}px`;
        }
    }

    scroll(x, y) {
        const el = this.scroller.el;
        const box = el.getBoundingClientRect();
        if (x < box.left || x > box.right || y < box.top || y > box.bottom) {
            return;
        }
        const down = scrollSpeed(y, box.top + HEAD_HEIGHT, box.bottom);
        const right =
            x > box.left + NAME_WIDTH
                ? scrollSpeed(x, box.left + NAME_WIDTH, box.right)
                : 0;
        if (down || right) {
            el.scrollBy(right, down);
        }
    }

    // === KEYBOARD === //

    /** Bring a row into the window and, when it is drawn, give its visit the focus. */
    reveal(engineerId, orderId) {
        const index = this.model.shown.findIndex(
            (row) => row.engineer.id === engineerId
        );
        const el = this.scroller.el;
        if (index < 0 || !el) {
            return;
        }
        const top = index * ROW_HEIGHT;
        const height = el.clientHeight - HEAD_HEIGHT;
        if (top < el.scrollTop || top + ROW_HEIGHT > el.scrollTop + height) {
            el.scrollTop = clamp(top - height / 2, 0, el.scrollHeight);
        }
        this.measure();
        if (orderId) {
            requestAnimationFrame(() => {
                const bar = this.rows.el?.querySelector(
                    `.o_qifei_board_bar[data-order="${orderId}"]`
                );
                bar?.focus({preventScroll: true});
                bar?.scrollIntoView({block: "nearest", inline: "nearest"});
            });
        }
    }

    showMoving({orderId, engineerId, minute}) {
        const row = this.model.shown.findIndex((one) => one.engineer.id === engineerId);
        this.reveal(engineerId);
        this.mark({row, minute}, this.model.getOrder(orderId));
        this.target.el.classList.toggle("o_refused", this.model.moving.isRefused);
    }
}
