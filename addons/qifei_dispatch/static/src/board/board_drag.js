import {onWillUnmount} from "@odoo/owl";
import {debounce} from "@web/core/utils/timing";
import {_t} from "@web/core/l10n/translation";

const BEGIN_DISTANCE = 5;
const LONG_PRESS = 300;
const CHECK_DELAY = 120;
const BACK_DURATION = 160;

/**
 * Lets a visit be dragged over list, timeline and map. While the pointer moves nothing
 * is drawn by Owl: the ghost and the mark below it are moved by hand, once a frame.
 *
 * A zone answers `hit(x, y)` with `{engineerId, minute}`, `{isList: true}` or nothing,
 * and shows it in `mark(hit)`; `scroll(x, y)` scrolls it when the pointer is at its edge.
 */
export class BoardDrag {
    constructor(model) {
        this.model = model;
        this.zones = new Set();
        this.checkSoon = debounce(() => this.check(), CHECK_DELAY);
        this.onMove = this.onMove.bind(this);
        this.onUp = this.onUp.bind(this);
        this.onKey = this.onKey.bind(this);
        this.cancel = this.cancel.bind(this);
        this.frame = this.frame.bind(this);
    }

    /** Watch a pointer that went down on a visit until it drags, clicks or goes away. */
    grab(ev, orderId, offset = 0) {
        if (ev.button || this.held || this.model.moving) {
            return;
        }
        const order = this.model.getOrder(orderId);
        this.held = {
            order,
            offset,
            x: ev.clientX,
            y: ev.clientY,
            start: {x: ev.clientX, y: ev.clientY},
            isTouch: ev.pointerType === "touch",
        };
        if (this.held.isTouch) {
            this.press = setTimeout(() => this.begin(), LONG_PRESS);
        }
        window.addEventListener("pointermove", this.onMove);
        window.addEventListener("pointerup", this.onUp);
        window.addEventListener("pointercancel", this.cancel);
        window.addEventListener("blur", this.cancel);
        window.addEventListener("keydown", this.onKey, {capture: true});
    }

    get isDragging() {
        return Boolean(this.ghost);
    }

    onMove(ev) {
        const held = this.held;
        held.x = ev.clientX;
        held.y = ev.clientY;
        if (this.ghost) {
            ev.preventDefault();
            return;
        }
        const far =
            Math.hypot(held.x - held.start.x, held.y - held.start.y) > BEGIN_DISTANCE;
        if (far && held.isTouch) {
            this.finish();
        } else if (far) {
            this.begin();
        }
    }

    begin() {
        const {order} = this.held;
        this.ghost = document.createElement("div");
        this.ghost.className = "o_qifei_board_ghost";
        this.ghost.setAttribute("aria-hidden", "true");
        const title = document.createElement("strong");
        title.textContent = `${order.name} · ${order.customer}`;
        this.place = document.createElement("div");
        this.reason = document.createElement("div");
        this.reason.className = "o_qifei_board_ghost_reason";
        this.ghost.append(title, this.place, this.reason);
        document.body.append(this.ghost);
        document.body.classList.add("o_qifei_board_dragging");
        if (this.held.isTouch) {
            this.stopScroll = (ev) => ev.preventDefault();
            window.addEventListener("touchmove", this.stopScroll, {passive: false});
        }
        this.model.startDrag(order.id);
        this.frame();
    }

    /** One frame: scroll, see what is below the pointer, move the ghost. */
    frame() {
        if (!this.ghost) {
            return;
        }
        const {x, y} = this.held;
        let hit = null;
        for (const zone of this.zones) {
            zone.scroll?.(x, y);
            hit ??= zone.hit(x, y, this.held);
        }
        this.show(hit);
        this.ghost.style.transform = `translate(${x + 14}px, ${y + 14}px)`;
        this.request = requestAnimationFrame(this.frame);
    }

    show(hit) {
        const key = hit && `${hit.isList}/${hit.engineerId}/${hit.minute}`;
        if (key === this.key) {
            return;
        }
        this.key = key;
        this.hit = hit;
        for (const zone of this.zones) {
            zone.mark(hit, this.held.order);
        }
        this.place.textContent = this.describe(hit);
        const verdict = this.model.drag?.verdicts?.get(hit?.engineerId);
        this.judge(verdict?.is_possible === false ? verdict.reasons : null);
        this.checkSoon();
    }

    describe(hit) {
        if (!hit) {
            return "";
        }
        if (hit.isList) {
            return _t("Back to the list");
        }
        const name = this.model.getRow(hit.engineerId)?.engineer.name;
        return hit.minute === null
            ? name
            : `${name} · ${this.model.clock.time(hit.minute)}`;
    }

    /** Colour the ghost by what stands against the place below it. */
    judge(refusals, warnings = []) {
        const sentences = [...(refusals || []), ...warnings];
        this.reason.textContent = sentences.join(" ");
        this.ghost.classList.toggle("o_refused", Boolean(refusals?.length));
        this.ghost.classList.toggle(
            "o_warned",
            !refusals?.length && Boolean(warnings.length)
        );
    }

    async check() {
        const {hit, held, ghost} = this;
        if (!ghost || !hit || hit.isList || hit.minute === null) {
            return;
        }
        const {refusals, warnings} = await this.model.check(
            held.order.id,
            hit.engineerId,
            hit.minute
        );
        if (this.ghost === ghost && this.hit === hit) {
            this.judge(refusals, warnings);
        }
    }

    onUp(ev) {
        const {order} = this.held;
        if (!this.ghost) {
            this.finish();
            return;
        }
        ev.preventDefault();
        this.held.x = ev.clientX;
        this.held.y = ev.clientY;
        this.frame();
        const hit = this.hit;
        // The click that follows the drop selects nothing.
        window.addEventListener("click", stop, {capture: true, once: true});
        setTimeout(() => window.removeEventListener("click", stop, {capture: true}));
        this.finish(hit ? "drop" : "back");
        if (hit?.isList) {
            this.model.unplan(order.id);
        } else if (hit) {
            this.model.move(order.id, hit.engineerId, hit.minute);
        }
    }

    onKey(ev) {
        if (ev.key === "Escape" && this.ghost) {
            ev.preventDefault();
            ev.stopPropagation();
            this.cancel();
        }
    }

    cancel() {
        this.finish("back");
    }

    finish(how) {
        clearTimeout(this.press);
        cancelAnimationFrame(this.request);
        this.checkSoon.cancel();
        window.removeEventListener("pointermove", this.onMove);
        window.removeEventListener("pointerup", this.onUp);
        window.removeEventListener("pointercancel", this.cancel);
        window.removeEventListener("blur", this.cancel);
        window.removeEventListener("keydown", this.onKey, {capture: true});
        if (this.stopScroll) {
            window.removeEventListener("touchmove", this.stopScroll);
            this.stopScroll = null;
        }
        const {ghost, held} = this;
        this.ghost = this.held = this.hit = this.key = null;
        if (!ghost) {
            return;
        }
        for (const zone of this.zones) {
            zone.mark(null);
        }
        document.body.classList.remove("o_qifei_board_dragging");
        this.model.endDrag();
        if (how === "back") {
            ghost.style.transition = `transform ${BACK_DURATION}ms, opacity ${BACK_DURATION}ms`;
            ghost.style.transform = `translate(${held.start.x}px, ${held.start.y}px)`;
            ghost.style.opacity = 0;
            setTimeout(() => ghost.remove(), BACK_DURATION);
        } else {
            ghost.remove();
        }
    }
}

function stop(ev) {
    ev.stopPropagation();
    ev.preventDefault();
}

/** A place on the board where a visit can be dropped, as long as it is drawn. */
export function useDropZone(drag, zone) {
    drag.zones.add(zone);
    onWillUnmount(() => drag.zones.delete(zone));
}
