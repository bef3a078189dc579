import {describe, expect, test} from "@odoo/hoot";
import {
    hitTest,
    minuteAt,
    nearest,
    neighbour,
    packLanes,
    scrollSpeed,
    snap,
    span,
    ticks,
    timeRange,
    visibleRows,
} from "@qifei_dispatch/board/geometry";

describe.current.tags("headless");

const AXIS = {from: 480, to: 1080, pixels: 2};

function visit(id, start, end, extra = {}) {
    return {id, start, end, ...extra};
}

function rowOf(...orders) {
    return {bars: packLanes(orders)};
}

test("the axis spans working time and visits on full hours", () => {
    const engineers = [{shifts: [[485, 720]]}, {shifts: [[780, 1010]]}];
    expect(timeRange(engineers, [])).toEqual([480, 1020]);
    expect(timeRange(engineers, [visit(1, 470, 1100)])).toEqual([420, 1140]);
    expect(timeRange(engineers, [visit(1, 490, 500, {travel: 30})])).toEqual([
        420, 1020,
    ]);
});

test("travel that is too long makes the axis no longer", () => {
    const late = visit(1, 490, 500, {travel: 100, missing: 95});
    expect(timeRange([{shifts: [[480, 1020]]}], [late])).toEqual([480, 1020]);
});

test("the axis stays within the day and is never empty", () => {
    expect(timeRange([], [])).toEqual([480, 1080]);
    expect(timeRange([], [visit(1, -90, 60)])).toEqual([0, 60]);
    expect(timeRange([], [visit(1, 1400, 1600)])).toEqual([1380, 1440]);
    expect(timeRange([], [visit(1, 1400, 1600)], 1500)).toEqual([1380, 1500]);
});

test("ticks keep their distance", () => {
    expect(ticks([480, 720], 1)).toEqual([480, 540, 600, 660]);
    expect(ticks([480, 720], 0.5)).toEqual([480, 600]);
    expect(ticks([480, 540], 4)).toEqual([480, 495, 510, 525]);
    expect(ticks([485, 600], 1)).toEqual([540]);
    expect(ticks([0, 1440], 0.01)).toHaveLength(4);
});

test("a stretch of time is cut off at the ends of the axis", () => {
    expect(span(540, 600, AXIS)).toEqual({left: 120, width: 120});
    expect(span(400, 500, AXIS)).toEqual({left: 0, width: 40});
    expect(span(1000, 1200, AXIS)).toEqual({left: 1040, width: 160});
    expect(span(100, 200, AXIS)).toEqual({left: 0, width: 0});
});

test("pixels and minutes are the way back of each other", () => {
    for (const minute of [480, 555, 1080]) {
        expect(minuteAt(span(minute, 1080, AXIS).left, AXIS)).toBe(minute);
    }
    expect(snap(552)).toBe(550);
    expect(snap(553)).toBe(555);
    expect(snap(567, 15)).toBe(570);
});

test("only the rows of the window are drawn, and a few around it", () => {
    const rows = (top, count, height = 520) =>
        visibleRows({top, height, count, rowHeight: 52, margin: 2});
    expect(rows(0, 200)).toEqual([0, 12]);
    expect(rows(5200, 200)).toEqual([98, 112]);
    expect(rows(9880, 200)).toEqual([188, 200]);
    expect(rows(0, 3)).toEqual([0, 3]);
    expect(rows(0, 0)).toEqual([0, 0]);
    // The list has become shorter than where the window stands.
    expect(rows(9880, 10)).toEqual([10, 10]);
});

test("visits that overlap lie in lanes", () => {
    const lanes = (...orders) =>
        packLanes(orders).map(({order, lane, lanes: all}) => [order.id, lane, all]);
    expect(lanes(visit(1, 540, 600), visit(2, 600, 660))).toEqual([
        [1, 0, 1],
        [2, 0, 1],
    ]);
    expect(lanes(visit(1, 540, 600), visit(2, 570, 660))).toEqual([
        [1, 0, 2],
        [2, 1, 2],
    ]);
    expect(
        lanes(
            visit(4, 800, 860),
            visit(1, 540, 700),
            visit(2, 550, 600),
            visit(3, 620, 680)
        )
    ).toEqual([
        [1, 0, 2],
        [2, 1, 2],
        [3, 1, 2],
        [4, 0, 1],
    ]);
    expect(lanes()).toEqual([]);
});

test("lanes never overlap, whatever the visits", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 100; round++) {
        const orders = [...Array(12).keys()].map((id) => {
            const start = Math.floor(random() * 600);
            return visit(id, start, start + Math.floor(random() * 120));
        });
        const bars = packLanes(orders);
        expect(bars).toHaveLength(12);
        for (const one of bars) {
            expect(one.lane < one.lanes).toBe(true);
            for (const other of bars) {
                const isApart =
                    one === other ||
                    one.lane !== other.lane ||
                    one.order.end <= other.order.start ||
                    other.order.end <= one.order.start;
                expect(isApart).toBe(true);
            }
        }
    }
});

test("a point finds its row and minute", () => {
    const area = {left: 200, top: 100, count: 3};
    expect(hitTest({x: 320, y: 100}, area, AXIS)).toEqual({row: 0, minute: 540});
    expect(hitTest({x: 200, y: 255}, area, AXIS)).toEqual({row: 2, minute: 480});
    expect(hitTest({x: 200, y: 256}, area, AXIS)).toBe(null);
    expect(hitTest({x: 200, y: 99}, area, AXIS)).toBe(null);
});

test("the window scrolls faster the nearer the pointer is to its edge", () => {
    expect(scrollSpeed(500, 100, 900)).toBe(0);
    expect(scrollSpeed(120, 100, 900)).toBe(-9);
    expect(scrollSpeed(100, 100, 900)).toBe(-18);
    expect(scrollSpeed(890, 100, 900)).toBe(14);
    expect(scrollSpeed(2000, 100, 900)).toBe(18);
});

test("the nearest point within reach is found", () => {
    const points = [
        {id: 1, x: 10, y: 10},
        {id: 2, x: 30, y: 10},
    ];
    expect(nearest(points, 18, 10, 20).id).toBe(1);
    expect(nearest(points, 22, 10, 20).id).toBe(2);
    expect(nearest(points, 90, 90, 20)).toBe(null);
    expect(nearest([], 0, 0, 20)).toBe(null);
});

test("arrow keys lead to the neighbour in the row and in time", () => {
    const rows = [
        rowOf(visit(1, 540, 600), visit(2, 660, 720)),
        rowOf(),
        rowOf(visit(3, 480, 500), visit(4, 650, 700)),
    ];
    const go = (from, key) => neighbour(rows, from, key)?.id ?? null;
    expect(go(1, "ArrowRight")).toBe(2);
    expect(go(2, "ArrowRight")).toBe(null);
    expect(go(2, "ArrowLeft")).toBe(1);
    expect(go(2, "ArrowDown")).toBe(4);
    expect(go(1, "ArrowDown")).toBe(3);
    expect(go(4, "ArrowUp")).toBe(2);
    expect(go(3, "ArrowDown")).toBe(null);
    expect(go(null, "ArrowDown")).toBe(1);
    expect(neighbour([], null, "ArrowDown")).toBe(null);
});
