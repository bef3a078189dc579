/** Where things lie on the board: plain functions of numbers. */

export const ROW_HEIGHT = 52;
export const STEP = 5;

export function clamp(value, low, high) {
    return Math.max(low, Math.min(value, high));
}

/** The nearest multiple of `step`. */
export function snap(minute, step = STEP) {
    return Math.round(minute / step) * step;
}

/**
 * The hours to show: all working time and all visits, on full hours.
 *
 * @param {Object[]} engineers with `shifts`, pairs of minutes
 * @param {Object[]} orders with `start` and `end` in minutes
 * @param {number} total minutes of the day
 * @returns {[number, number]}
 */
export function timeRange(engineers, orders, total = 1440) {
    let from = Infinity;
    let to = -Infinity;
    for (const engineer of engineers) {
        for (const [start, end] of engineer.shifts) {
            from = Math.min(from, start);
            to = Math.max(to, end);
        }
    }
    for (const order of orders) {
        // Travel for which there is no time makes the day no longer.
        const travel = Math.max((order.travel || 0) - (order.missing || 0), 0);
        from = Math.min(from, order.start - travel);
        to = Math.max(to, order.end);
    }
    if (from >= to) {
        return [Math.min(480, total), Math.min(1080, total)];
    }
    from = clamp(Math.floor(from / 60) * 60, 0, total);
    to = clamp(Math.ceil(to / 60) * 60, 0, total);
    return to - from < 60 ? [Math.max(0, to - 60), Math.max(60, to)] : [from, to];
}

/** Minutes at which the axis has a label, not closer than `gap` pixels. */
export function ticks([from, to], pixels, gap = 56) {
    const step = [15, 30, 60, 120, 180, 240].find((one) => one * pixels >= gap) || 360;
    const minutes = [];
    for (let minute = Math.ceil(from / step) * step; minute < to; minute += step) {
        minutes.push(minute);
    }
    return minutes;
}

/** Left edge and width of a stretch of time, cut off at the ends of the axis. */
export function span(start, end, {from, to, pixels}) {
    const left = clamp(start, from, to);
    const right = clamp(end, from, to);
    return {left: (left - from) * pixels, width: Math.max(right - left, 0) * pixels};
}

export function minuteAt(x, {from, pixels}) {
    return from + x / pixels;
}

/**
 * Rows to draw, those just outside the window included.
 *
 * @returns {[number, number]} first row, and the one after the last
 */
export function visibleRows({top, height, count, rowHeight = ROW_HEIGHT, margin = 6}) {
    const first = Math.floor(top / rowHeight) - margin;
    const last = Math.ceil((top + height) / rowHeight) + margin;
    return [clamp(first, 0, count), clamp(last, 0, count)];
}

/**
 * Put visits that overlap into lanes of their row.
 *
 * @param {Object[]} orders with `start` and `end`
 * @returns {Object[]} `{order, lane, lanes}`, by start
 */
export function packLanes(orders) {
    const bars = [...orders]
        .sort((one, other) => one.start - other.start || one.id - other.id)
        .map((order) => ({order, lane: 0, lanes: 1}));
    let group = [];
    let ends = [];
    const close = () => {
        for (const bar of group) {
            bar.lanes = ends.length;
        }
        group = [];
        ends = [];
    };
    for (const bar of bars) {
        if (ends.every((end) => end <= bar.order.start)) {
            close();
        }
        const free = ends.findIndex((end) => end <= bar.order.start);
        bar.lane = free < 0 ? ends.length : free;
        ends[bar.lane] = bar.order.end;
        group.push(bar);
    }
    close();
    return bars;
}

/**
 * The row and the minute below a point.
 *
 * @param {Object} point in pixels of the window: `x`, `y`
 * @param {Object} area of the rows: `left`, `top` (its first row, scrolled or not)
 */
export function hitTest({x, y}, {left, top, count}, axis, rowHeight = ROW_HEIGHT) {
    const row = Math.floor((y - top) / rowHeight);
    if (row < 0 || row >= count) {
        return null;
    }
    return {row, minute: minuteAt(x - left, axis)};
}

/** How many pixels to scroll in one frame when the pointer is this close to an edge. */
export function scrollSpeed(position, low, high, zone = 40, fastest = 18) {
    if (position < low + zone) {
        return -Math.ceil(clamp((low + zone - position) / zone, 0, 1) * fastest);
    }
    if (position > high - zone) {
        return Math.ceil(clamp((position - high + zone) / zone, 0, 1) * fastest);
    }
    return 0;
}

/** The one of some points that is nearest to a place, if it is within `reach`. */
export function nearest(points, x, y, reach) {
    let best = null;
    let least = reach * reach;
    for (const point of points) {
        const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
        if (distance <= least) {
            least = distance;
            best = point;
        }
    }
    return best;
}

/**
 * The visit that an arrow key leads to.
 *
 * @param {Object[]} rows with `bars`
 * @param {number|null} orderId the one selected now
 * @param {string} key ArrowLeft, ArrowRight, ArrowUp or ArrowDown
 * @returns {Object|null} the order
 */
export function neighbour(rows, orderId, key) {
    const rowIndex = rows.findIndex((row) =>
        row.bars.some((bar) => bar.order.id === orderId)
    );
    if (rowIndex < 0) {
        const bar = rows.find((row) => row.bars.length)?.bars[0];
        return bar ? bar.order : null;
    }
    const bars = rows[rowIndex].bars;
    const index = bars.findIndex((bar) => bar.order.id === orderId);
    if (key === "ArrowLeft" || key === "ArrowRight") {
        const bar = bars[index + (key === "ArrowLeft" ? -1 : 1)];
        return bar ? bar.order : null;
    }
    const step = key === "ArrowUp" ? -1 : 1;
    const start = bars[index].order.start;
    for (let at = rowIndex + step; rows[at]; at += step) {
        const closest = rows[at].bars
            .map((bar) => bar.order)
            .sort(
                (one, other) =>
                    Math.abs(one.start - start) - Math.abs(other.start - start)
            )[0];
        if (closest) {
            return closest;
        }
    }
    return null;
}
