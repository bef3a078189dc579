import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {RPCError} from "@web/core/network/rpc";
import {BoardModel} from "@qifei_dispatch/board/board_model";
import {CHOICES} from "@qifei_dispatch/board/memory";
import {allowTranslations} from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

const DAY = "2031-03-05";

function order(id, values = {}) {
    return {
        id,
        name: `WO${id}`,
        customer: `Customer ${id}`,
        address: "",
        area: "",
        engineer_id: false,
        is_planned: false,
        is_for_day: true,
        start: null,
        end: null,
        duration: 60,
        state: "draft",
        priority: 1,
        windows: [],
        due: null,
        late: 0,
        travel: 0,
        missing: 0,
        latitude: null,
        longitude: null,
        skill_ids: [],
        is_pinned: false,
        token: `draft/${id}`,
        ...values,
    };
}

function planned(id, engineerId, start) {
    return order(id, {
        engineer_id: engineerId,
        is_planned: true,
        start,
        end: start + 60,
        state: "assigned",
        token: `assigned/${engineerId}/${start}`,
    });
}

function engineer(id, index) {
    return {
        id,
        index,
        name: `Engineer ${id}`,
        shifts: [[480, 1020]],
        area_ids: [],
        skill_ids: [],
        home: null,
        position: null,
    };
}

let answers = {};
let calls = [];
let told = [];

function makeModel(orders, unplanned) {
    const call = async (_model, method, args) => {
        calls.push(method);
        const answer = answers[method];
        if (answer instanceof Error) {
            throw answer;
        }
        return typeof answer === "function" ? answer(...args) : answer;
    };
    const model = new BoardModel(
        {
            orm: {call, silent: {call}},
            notification: {
                add: (text, {type}) => {
                    told.push([type, String(text)]);
                    return () => {};
                },
            },
            confirm: async (question) => {
                told.push(["question", question]);
                return answers.confirm;
            },
            doAction: () => {},
        },
        {...CHOICES},
        DAY
    );
    model.show({
        date: DAY,
        timezone: "UTC",
        day_start: 1930435200000,
        minutes: 1440,
        engineers: [engineer(1, 0), engineer(2, 1)],
        orders,
        unplanned,
        unplanned_count: unplanned.length,
        areas: [],
        skills: [],
        states: {},
        priorities: {},
    });
    return model;
}

function changesOf(engineerIds, orderIds, orders, unplanned = []) {
    return {
        engineer_ids: engineerIds,
        order_ids: orderIds,
        orders,
        unplanned,
        total: unplanned.length,
    };
}

function rowIds(model, engineerId) {
    return model.getRow(engineerId).bars.map((bar) => bar.order.id);
}

beforeEach(() => {
    allowTranslations();
    answers = {get_candidates: []};
    calls = [];
    told = [];
});

test("orders lie in the rows of their engineers, the rest in the list", () => {
    const model = makeModel(
        [planned(1, 1, 600), planned(2, 1, 500), planned(3, 2, 500)],
        [order(4), order(5, {priority: 3}), order(6, {due: 10}), order(7, {due: 5})]
    );
    expect(rowIds(model, 1)).toEqual([2, 1]);
    expect(rowIds(model, 2)).toEqual([3]);
    expect(model.waiting.map((one) => one.id)).toEqual([5, 7, 6, 4]);
    expect(model.figures).toEqual({planned: 3, unplanned: 4, late: 0, total: 4});
});

test("a search leaves engineers it names and those with an order it names", () => {
    const model = makeModel([planned(1, 1, 600)], [order(4), order(5)]);
    model.search("engineer 2");
    expect(model.shown.map((row) => row.engineer.id)).toEqual([2]);
    model.search("customer 1");
    expect(model.shown.map((row) => row.engineer.id)).toEqual([1]);
    expect(model.waiting).toEqual([]);
    model.search("WO5");
    expect(model.waiting.map((one) => one.id)).toEqual([5]);
    model.search("");
    expect(model.shown).toHaveLength(2);
});

test("a move is drawn and can be undone", async () => {
    const model = makeModel([], [order(4)]);
    const untouched = model.getRow(2);
    answers.move = {
        message: "Done.",
        warnings: ["Late."],
        undo: "signed",
        changes: changesOf([1], [4], [planned(4, 1, 540)]),
    };
    expect(await model.move(4, 1, 540)).toBe(true);
    expect(rowIds(model, 1)).toEqual([4]);
    expect(model.waiting).toEqual([]);
    expect(told).toEqual([["warning", "Done. Late."]]);
    // Rows without a change stay the same object and are not drawn again.
    expect(model.getRow(2)).toBe(untouched);
    expect(model.undoable).toHaveLength(1);
    answers.undo = (signed) => {
        expect(signed).toBe("signed");
        return {
            message: "Back.",
            warnings: [],
            undo: false,
            changes: changesOf([1], [4], [], [order(4)]),
        };
    };
    expect(await model.undo()).toBe(true);
    expect(rowIds(model, 1)).toEqual([]);
    expect(model.waiting.map((one) => one.id)).toEqual([4]);
    expect(model.undoable).toEqual([]);
    expect(await model.undo()).toBe(false);
});

test("who comes second is told so and sees what the first has made", async () => {
    const model = makeModel([], [order(4)]);
    const refusal = new RPCError("refused");
    refusal.exceptionName = "odoo.exceptions.UserError";
    refusal.data = {message: "Dana was faster."};
    answers.move = refusal;
    answers.get_changes = changesOf([2], [4], [planned(4, 2, 600)]);
    expect(await model.move(4, 1, 540)).toBe(false);
    expect(told).toEqual([["danger", "Dana was faster."]]);
    expect(rowIds(model, 1)).toEqual([]);
    expect(rowIds(model, 2)).toEqual([4]);
    expect(model.undoable).toEqual([]);
});

test("an accepted order is moved only after a yes", async () => {
    const model = makeModel([planned(4, 1, 540)], []);
    answers.move = (...args) =>
        args[4]
            ? {
                  message: "Done.",
                  warnings: [],
                  undo: "signed",
                  changes: changesOf([1, 2], [4], [planned(4, 2, 540)]),
              }
            : {confirm: "Really?"};
    answers.confirm = false;
    expect(await model.move(4, 2, 540)).toBe(false);
    expect(rowIds(model, 1)).toEqual([4]);
    answers.confirm = true;
    expect(await model.move(4, 2, 540)).toBe(true);
    expect(rowIds(model, 2)).toEqual([4]);
    expect(told).toEqual([
        ["question", "Really?"],
        ["question", "Really?"],
        ["success", "Done."],
    ]);
});

test("nothing is asked when an order is dropped where it was", async () => {
    const model = makeModel([planned(4, 1, 540)], []);
    expect(await model.move(4, 1, 540)).toBe(false);
    expect(calls).toEqual([]);
});

test("news wait while somebody drags", async () => {
    const model = makeModel([planned(4, 1, 540)], [order(5)]);
    answers.get_changes = (_day, orderIds, engineerIds) => {
        expect(orderIds).toEqual([4]);
        expect(engineerIds).toEqual([1]);
        return changesOf([1, 2], [4], [planned(4, 2, 700)]);
    };
    await model.startDrag(5);
    await model.onChanges({order_ids: [4]});
    expect(rowIds(model, 1)).toEqual([4]);
    expect(calls).toEqual(["get_candidates"]);
    model.drag = null;
    await model.showChanges();
    expect(rowIds(model, 1)).toEqual([]);
    expect(rowIds(model, 2)).toEqual([4]);
    expect([...model.changed]).toEqual([4]);
});

test("an order that is gone leaves the board and the panel", async () => {
    const model = makeModel([planned(4, 1, 540)], []);
    model.selectOrder(4);
    answers.get_changes = changesOf([1], [4], []);
    await model.onChanges({order_ids: [4]});
    expect(rowIds(model, 1)).toEqual([]);
    expect(model.selected).toBe(null);
});

test("any other error is not swallowed", async () => {
    const model = makeModel([], [order(4)]);
    answers.move = new Error("broken");
    await expect(model.move(4, 1, 540)).rejects.toThrow("broken");
    expect(told).toEqual([]);
});
