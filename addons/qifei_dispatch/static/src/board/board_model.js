import {markRaw} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {KeepLast} from "@web/core/utils/concurrency";
import {RPCError} from "@web/core/network/rpc";
import {serializeDateTime} from "@web/core/l10n/dates";
import {packLanes, timeRange} from "./geometry";
import {Clock} from "./clock";
import {saveChoices} from "./memory";

const MODEL = "qifei.dispatch.board";
const REFUSALS = [
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
];
const MOST_UNDONE = 50;

/** The sentence of a refusal by the server, or nothing for any other error. */
export function refusalOf(error) {
    return error instanceof RPCError && REFUSALS.includes(error.exceptionName)
        ? error.data.message
        : null;
}

/** How many minutes a visit is late: against its promise, or not begun in time. */
export function lateness(order, now) {
    const waiting = ["assigned", "accepted"].includes(order.state);
    return Math.max(order.late, waiting ? Math.floor(now - order.start) : 0, 0);
}

/** Whether a visit that can still be moved lies where its engineer does not work. */
export function isBroken(order, shifts) {
    return (
        ["draft", "assigned", "accepted"].includes(order.state) &&
        !shifts.some(([start, end]) => order.start < end && start < order.end)
    );
}

/** Whether a visit answers to what is searched for. */
export function matches(order, words) {
    const text = `${order.name} ${order.customer} ${order.address}`.toLowerCase();
    return words.every((word) => text.includes(word));
}

/**
 * What the board shows and what can be done on it. The rows are replaced and never
 * changed, so that only those with a change are drawn again.
 */
export class BoardModel {
    constructor({orm, notification, confirm, doAction}, choices, date) {
        this.orm = markRaw(orm);
        this.notification = markRaw(notification);
        this.confirm = confirm;
        this.doAction = doAction;
        this.choices = choices;
        this.date = date;
        this.text = "";
        this.words = markRaw([]);
        this.isReady = false;
        this.isLoading = false;
        this.selected = null;
        this.drag = null;
        this.moving = null;
        this.now = 0;
        this.message = "";
        this.undoable = [];
        this.rows = markRaw([]);
        this.shown = markRaw([]);
        this.unplanned = markRaw([]);
        this.waiting = markRaw([]);
        this.positions = markRaw({});
        this.figures = {planned: 0, unplanned: 0, late: 0, total: 0};
        this.changed = markRaw(new Set());
        this.held = markRaw(new Set());
        this.keepLast = markRaw(new KeepLast());
    }

    // === READING === //

    async load() {
        this.isLoading = true;
        try {
            const board = await this.keepLast.add(
                this.orm.call(MODEL, "get_board", [
                    this.date,
                    this.choices.areaIds,
                    this.choices.skillIds,
                ])
            );
            this.show(board);
        } finally {
            this.isLoading = false;
        }
    }

    show(board) {
        this.date = board.date;
        this.board = markRaw(board);
        this.clock = markRaw(new Clock(board.day_start, board.timezone));
        this.tick();
        this.orders = markRaw(new Map());
        for (const order of [...board.orders, ...board.unplanned]) {
            this.orders.set(order.id, order);
        }
        this.unplannedCount = board.unplanned_count;
        this.positions = markRaw(
            Object.fromEntries(
                board.engineers
                    .filter((engineer) => engineer.position)
                    .map((engineer) => [engineer.id, engineer.position])
            )
        );
        this.drawRows(null);
        this.range = markRaw(timeRange(board.engineers, board.orders, board.minutes));
        this.isReady = true;
    }

    /** Put visits into rows; only the rows of some engineers when they are given. */
    drawRows(engineerIds) {
        const byEngineer = new Map();
        const unplanned = [];
        for (const order of this.orders.values()) {
            if (!order.is_planned) {
                unplanned.push(order);
            } else if (!engineerIds || engineerIds.has(order.engineer_id)) {
                const orders = byEngineer.get(order.engineer_id) || [];
                orders.push(order);
                byEngineer.set(order.engineer_id, orders);
            }
        }
        const before = new Map(this.rows.map((row) => [row.engineer.id, row]));
        this.rows = markRaw(
            this.board.engineers.map((engineer) => {
                if (engineerIds && !engineerIds.has(engineer.id)) {
                    return before.get(engineer.id);
                }
                const orders = byEngineer.get(engineer.id) || [];
                return markRaw({
                    engineer,
                    bars: packLanes(orders),
                    work: orders.reduce((sum, one) => sum + one.end - one.start, 0),
                    travel: orders.reduce((sum, one) => sum + (one.travel || 0), 0),
                });
            })
        );
        this.unplanned = markRaw(
            unplanned.sort(
                (one, other) =>
                    other.priority - one.priority ||
                    (one.due ?? Infinity) - (other.due ?? Infinity) ||
                    one.id - other.id
            )
        );
        this.filter();
    }

    /** Narrow rows and list to what is searched for. */
    filter() {
        const {words} = this;
        this.shown = words.length
            ? markRaw(
                  this.rows.filter(
                      (row) =>
                          words.every((word) =>
                              row.engineer.name.toLowerCase().includes(word)
                          ) || row.bars.some((bar) => matches(bar.order, words))
                  )
              )
            : this.rows;
        const inScope = (order) => this.choices.scope === "all" || order.is_for_day;
        this.waiting = markRaw(
            this.unplanned.filter((order) => inScope(order) && matches(order, words))
        );
        this.count();
    }

    count() {
        let planned = 0;
        let late = 0;
        for (const row of this.rows) {
            planned += row.bars.length;
            late += row.bars.filter((bar) => lateness(bar.order, this.now) > 0).length;
        }
        const unplanned = this.unplanned.filter((order) => order.is_for_day).length;
        this.figures = {planned, late, unplanned, total: this.unplannedCount};
    }

    tick() {
        this.now = this.clock.now();
        if (this.isReady) {
            this.count();
        }
    }

    get isToday() {
        return this.now >= 0 && this.now < this.board.minutes;
    }

    getOrder(id) {
        return this.orders?.get(id);
    }

    getRow(engineerId) {
        return this.rows.find((row) => row.engineer.id === engineerId);
    }

    get selectedOrder() {
        return this.selected?.kind === "order" ? this.getOrder(this.selected.id) : null;
    }

    get selectedRow() {
        return this.selected?.kind === "engineer"
            ? this.getRow(this.selected.id)
            : null;
    }

    // === CHOICES === //

    setChoice(name, value) {
        this.choices[name] = value;
        saveChoices(this.choices);
        this.filter();
    }

    search(text) {
        this.text = text;
        this.words = markRaw(text.toLowerCase().split(/\s+/).filter(Boolean));
        this.filter();
    }

    selectOrder(id) {
        this.selected = id ? {kind: "order", id} : null;
    }

    selectEngineer(id) {
        this.selected = id ? {kind: "engineer", id} : null;
    }

    say(message) {
        this.message = message;
    }

    // === CHANGES OF OTHERS === //

    /** Remember what others have changed; it is shown when nobody drags. */
    async onChanges({order_ids: orderIds}) {
        for (const id of orderIds) {
            this.held.add(id);
        }
        await this.showChanges();
    }

    async showChanges() {
        if (!this.held.size || this.drag || this.moving || !this.isReady) {
            return;
        }
        const orderIds = [...this.held];
        this.held.clear();
        const before = new Map(orderIds.map((id) => [id, this.getOrder(id)?.token]));
        await this.refresh(orderIds);
        this.changed = markRaw(
            new Set(
                orderIds.filter((id) => this.getOrder(id)?.token !== before.get(id))
            )
        );
    }

    /** Read some visits anew, with the rows they are or were in. */
    async refresh(orderIds) {
        const engineerIds = new Set();
        for (const id of orderIds) {
            const order = this.getOrder(id);
            if (order?.is_planned) {
                engineerIds.add(order.engineer_id);
            }
        }
        const date = this.date;
        const changes = await this.orm.silent.call(MODEL, "get_changes", [
            date,
            orderIds,
            [...engineerIds],
            this.choices.areaIds,
            this.choices.skillIds,
        ]);
        if (date === this.date) {
            this.apply(changes);
        }
    }

    /** Take over what the server says of some rows and some visits. */
    apply({engineer_ids: engineerIds, order_ids: orderIds, orders, unplanned, total}) {
        const touched = new Set(engineerIds);
        const asked = new Set(orderIds);
        for (const order of [...this.orders.values()]) {
            if (asked.has(order.id) && order.is_planned) {
                touched.add(order.engineer_id);
            }
            if (
                asked.has(order.id) ||
                (order.is_planned && engineerIds.includes(order.engineer_id))
            ) {
                this.orders.delete(order.id);
            }
        }
        for (const order of [...orders, ...unplanned]) {
            this.orders.set(order.id, order);
        }
        this.unplannedCount = total;
        this.drawRows(touched);
        if (this.selected?.kind === "order" && !this.getOrder(this.selected.id)) {
            this.selected = null;
        }
    }

    async loadPositions() {
        if (!this.isReady || !this.isToday) {
            return;
        }
        this.positions = markRaw(
            await this.orm.silent.call(MODEL, "get_positions", [
                this.board.engineers.map((engineer) => engineer.id),
            ])
        );
    }

    // === MOVING === //

    /** Begin to move a visit; who can take it is asked for at once. */
    async startDrag(orderId) {
        this.drag = {orderId, verdicts: null};
        const candidates = await this.loadCandidates(orderId);
        if (this.drag?.orderId === orderId) {
            this.drag.verdicts = markRaw(
                new Map(candidates.map((one) => [one.engineer_id, one]))
            );
        }
    }

    endDrag() {
        this.drag = null;
        this.showChanges();
    }

    loadCandidates(orderId) {
        return this.orm.silent.call(MODEL, "get_candidates", [orderId, this.date]);
    }

    serialize(minute) {
        return minute === null || minute === undefined
            ? false
            : serializeDateTime(this.clock.moment(minute));
    }

    /** Ask whether a visit can be where it is held. */
    check(orderId, engineerId, minute) {
        return this.orm.silent.call(MODEL, "check_move", [
            orderId,
            engineerId,
            this.serialize(minute),
            this.date,
        ]);
    }

    /**
     * Give a visit to an engineer; without a minute the server finds the best one.
     *
     * @returns {Promise<boolean>} whether it was done
     */
    async move(orderId, engineerId, minute = null, isConfirmed = false) {
        const order = this.getOrder(orderId);
        if (
            order.is_planned &&
            order.engineer_id === engineerId &&
            order.start === minute
        ) {
            return false;
        }
        const result = await this.attempt(orderId, "move", [
            orderId,
            engineerId,
            this.serialize(minute),
            order.token,
            isConfirmed,
            this.date,
        ]);
        if (result?.confirm) {
            const isSure = await this.confirm(result.confirm);
            return isSure && this.move(orderId, engineerId, minute, true);
        }
        return Boolean(result);
    }

    async unplan(orderId, isConfirmed = false) {
        const order = this.getOrder(orderId);
        if (!order.is_planned && !order.engineer_id) {
            return false;
        }
        const result = await this.attempt(orderId, "unplan", [
            orderId,
            order.token,
            isConfirmed,
            this.date,
        ]);
        if (result?.confirm) {
            const isSure = await this.confirm(result.confirm);
            return isSure && this.unplan(orderId, true);
        }
        return Boolean(result);
    }

    async undo() {
        const last = this.undoable.at(-1);
        if (!last) {
            this.say(_t("There is nothing to undo."));
            return false;
        }
        this.undoable = this.undoable.slice(0, -1);
        return Boolean(
            await this.attempt(last.orderId, "undo", [last.undo, this.date], false)
        );
    }

    /** Have something done; a refusal is told, and what is true is shown. */
    async attempt(orderId, method, args, isUndoable = true) {
        let result = null;
        try {
            result = await this.orm.call(MODEL, method, args);
        } catch (error) {
            const refusal = refusalOf(error);
            if (!refusal) {
                throw error;
            }
            this.refuse(refusal);
            await this.refresh([orderId]);
            return null;
        }
        if (!result.confirm) {
            this.apply(result.changes);
            this.tell(orderId, result, isUndoable);
        }
        return result;
    }

    refuse(sentence) {
        this.say(sentence);
        this.notification.add(sentence, {type: "danger"});
    }

    tell(orderId, {message, warnings, undo}, isUndoable) {
        if (isUndoable && undo) {
            this.undoable = [...this.undoable, {undo, orderId, message}].slice(
                -MOST_UNDONE
            );
        }
        this.say([message, ...warnings].join(" "));
        this.closeToast?.();
        this.closeToast = this.notification.add([message, ...warnings].join(" "), {
            type: warnings.length ? "warning" : "success",
            buttons:
                isUndoable && undo
                    ? [{name: _t("Undo"), onClick: () => this.undo()}]
                    : [],
        });
    }

    // === ONE VISIT === //

    async pin(orderId) {
        const {is_pinned: isPinned} = this.getOrder(orderId);
        await this.callOrder(orderId, "write", [{is_pinned: !isPinned}]);
    }

    async callOrder(orderId, method, args = []) {
        const action = await this.callRecord("qifei.work.order", orderId, method, args);
        if (!action) {
            await this.refresh([orderId]);
        }
    }

    /** Do a step of a record; what it opens is opened, a refusal is told. */
    async callRecord(resModel, id, method, args = []) {
        try {
            const result = await this.orm.call(resModel, method, [[id], ...args]);
            if (result?.type) {
                await this.doAction(result);
                return true;
            }
        } catch (error) {
            const refusal = refusalOf(error);
            if (!refusal) {
                throw error;
            }
            this.refuse(refusal);
        }
        return false;
    }
}
