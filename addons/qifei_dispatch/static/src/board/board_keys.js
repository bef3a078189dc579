import {_t} from "@web/core/l10n/translation";
import {STEP, clamp, neighbour} from "./geometry";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
const TYPING = "input, textarea, select, [contenteditable=true], .o_select_menu";
const STRIDE = 15;

/** The keyboard of the board: arrows choose, M moves, U undoes, / searches. */
export class BoardKeys {
    constructor(board) {
        this.board = board;
        this.model = board.model;
    }

    onKeydown(ev) {
        if (!this.model.isReady || ev.isComposing) {
            return;
        }
        const {target, key} = ev;
        if (target.closest?.(TYPING)) {
            if (key === "Escape" && target === this.board.searchRef.el) {
                target.value = "";
                this.model.search("");
                target.blur();
            }
            return;
        }
        const isUndo = (ev.ctrlKey || ev.metaKey) && key.toLowerCase() === "z";
        if (!isUndo && (ev.ctrlKey || ev.metaKey || ev.altKey)) {
            return;
        }
        const action = isUndo ? () => this.model.undo() : this.find(ev);
        if (action) {
            ev.preventDefault();
            action();
        }
    }

    /** What a key does now, if anything. */
    find({key, target, shiftKey}) {
        if (this.model.moving) {
            return this.findMove(key, shiftKey);
        }
        const isOnButton = target.closest?.("button, a, summary");
        const selected = this.model.selectedOrder;
        if (ARROWS.includes(key)) {
            return this.isAway(target) ? null : () => this.select(key);
        }
        switch (key) {
            case "/":
                return () => this.board.searchRef.el?.focus();
            case "u":
            case "U":
                return () => this.model.undo();
            case "?":
                return () => {
                    this.board.state.showKeys = !this.board.state.showKeys;
                };
            case "Enter":
                return selected && !isOnButton ? () => this.focusPanel(selected) : null;
            case "m":
            case "M":
                return selected ? () => this.startMove() : null;
            case "o":
            case "O":
                return selected ? () => this.board.openOrder(selected.id) : null;
            case "Delete":
                return selected && !isOnButton
                    ? () => this.model.unplan(selected.id)
                    : null;
            case "Escape":
                return this.model.selected ? () => this.leave(selected) : null;
        }
        return null;
    }

    isAway(target) {
        return (
            target !== document.body &&
            !target.closest?.(".o_qifei_board_timeline, .o_qifei_board_cards")
        );
    }

    // === CHOOSING === //

    select(key) {
        const {model, board} = this;
        const selected = model.selectedOrder;
        const inList =
            document.activeElement.closest?.(".o_qifei_board_cards") ||
            (selected && !selected.is_planned);
        if (inList && key !== "ArrowRight") {
            const index = model.waiting.indexOf(selected);
            const step = key === "ArrowUp" ? -1 : 1;
            const next =
                model.waiting[clamp(index + step, 0, model.waiting.length - 1)];
            if (next) {
                model.selectOrder(next.id);
                board.unplanned?.reveal(next.id);
            }
            return;
        }
        const isFirst =
            key === "ArrowLeft" &&
            selected?.is_planned &&
            !neighbour(model.shown, selected.id, key);
        if (isFirst && model.waiting.length && model.choices.showUnplanned) {
            model.selectOrder(model.waiting[0].id);
            board.unplanned?.reveal(model.waiting[0].id);
            return;
        }
        const order = neighbour(model.shown, selected?.id ?? null, key);
        if (order) {
            model.selectOrder(order.id);
            board.timeline?.reveal(order.engineer_id, order.id);
        }
    }

    /** Close the panel; the focus goes back to where it came from. */
    leave(order) {
        const {model, board} = this;
        model.selectOrder(null);
        if (order?.is_planned) {
            board.timeline?.reveal(order.engineer_id, order.id);
        } else if (order) {
            board.unplanned?.reveal(order.id);
        }
    }

    focusPanel(order) {
        const panel = this.board.root.el.querySelector(".o_qifei_board_panel");
        const button =
            panel?.querySelector(".o_qifei_board_candidate button:not([disabled])") ||
            panel?.querySelector("button");
        if (button) {
            button.focus();
        } else {
            this.model.selectOrder(order.id);
        }
    }

    // === MOVING === //

    async startMove() {
        const {model} = this;
        const order = model.selectedOrder;
        if (!["draft", "assigned", "accepted"].includes(order.state)) {
            model.refuse(
                _t("%(order)s is “%(state)s” and stays where it is.", {
                    order: order.name,
                    state: model.board.states[order.state],
                })
            );
            return;
        }
        let engineerId = order.engineer_id;
        let minute = order.start;
        const candidates = await model.loadCandidates(order.id);
        if (!order.is_planned || !model.getRow(engineerId)) {
            const best = candidates.find((one) => one.is_possible);
            const row = model.getRow(best?.engineer_id) || model.shown[0];
            if (!row) {
                return;
            }
            engineerId = row.engineer.id;
            minute = best?.start ?? row.engineer.shifts[0]?.[0] ?? model.range[0];
        }
        model.moving = {
            orderId: order.id,
            engineerId,
            minute,
            isRefused: false,
            verdicts: new Map(candidates.map((one) => [one.engineer_id, one])),
        };
        this.announce();
    }

    findMove(key, isFar) {
        const {model} = this;
        const {moving} = model;
        const stride = isFar ? STEP : STRIDE;
        const [from, to] = model.range;
        switch (key) {
            case "ArrowLeft":
            case "ArrowRight":
                return () => {
                    const step = key === "ArrowLeft" ? -stride : stride;
                    moving.minute = clamp(moving.minute + step, from, to);
                    this.announce();
                };
            case "ArrowUp":
            case "ArrowDown":
                return () => {
                    const step = key === "ArrowUp" ? -1 : 1;
                    const index = model.shown.findIndex(
                        (row) => row.engineer.id === moving.engineerId
                    );
                    const row = model.shown[index + step];
                    if (row) {
                        moving.engineerId = row.engineer.id;
                        this.announce();
                    }
                };
            case "Enter":
                return () => this.drop();
            case "Escape":
                return () => {
                    model.moving = null;
                    model.say(_t("Nothing has been moved."));
                    model.showChanges();
                };
        }
        return null;
    }

    /** Say where the visit is held now, and what stands against it. */
    async announce() {
        const {model} = this;
        const {orderId, engineerId, minute} = model.moving;
        const place = `${model.getRow(engineerId).engineer.name}, ${model.clock.time(minute)}.`;
        model.say(place);
        const {refusals, warnings} = await model.check(orderId, engineerId, minute);
        const {moving} = model;
        if (moving?.engineerId === engineerId && moving.minute === minute) {
            moving.isRefused = refusals.length > 0;
            moving.sentence = [...refusals, ...warnings].join(" ");
            model.say([place, ...refusals, ...warnings].join(" "));
        }
    }

    async drop() {
        const {model, board} = this;
        const {orderId, engineerId, minute} = model.moving;
        model.moving = null;
        await model.move(orderId, engineerId, minute);
        model.showChanges();
        model.selectOrder(orderId);
        const order = model.getOrder(orderId);
        if (order?.is_planned) {
            board.timeline?.reveal(order.engineer_id, orderId);
        }
    }
}
