import {describe, expect, test} from "@odoo/hoot";
import {Clock, addDays, isDay, length} from "@qifei_dispatch/board/clock";
import {CHOICES, readChoices} from "@qifei_dispatch/board/memory";
import {lateness, matches} from "@qifei_dispatch/board/board_model";
import {allowTranslations} from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

test("minutes are told in the time zone of the company", () => {
    // Midnight of 5 March 2031 in Shanghai.
    const clock = new Clock(1930406400000, "Asia/Shanghai");
    expect(clock.time(0)).toBe("00:00");
    expect(clock.times(545, 605)).toBe("09:05–10:05");
    expect(clock.dayAndTime(545)).toBe("09:05");
    expect(clock.dayAndTime(1445)).toBe("03-06 00:05");
    expect(clock.now(1930406400000 + 90 * 60000)).toBe(90);
});

test("hours are right on the day the clocks change", () => {
    // Midnight of 30 March 2031 in Berlin, a day of 23 hours.
    const clock = new Clock(1932591600000, "Europe/Berlin");
    expect(clock.time(0)).toBe("00:00");
    expect(clock.time(119)).toBe("01:59");
    expect(clock.time(120)).toBe("03:00");
    expect(clock.time(23 * 60 - 1)).toBe("23:59");
});

test("days", () => {
    expect(addDays("2031-02-28", 1)).toBe("2031-03-01");
    expect(addDays("2031-01-01", -1)).toBe("2030-12-31");
    expect(addDays("nonsense", 1)).toBe("nonsense");
    expect(["2031-03-05", "2031-13-05", "x", "", null, 5].map(isDay)).toEqual([
        true,
        false,
        false,
        false,
        false,
        false,
    ]);
});

test("lengths are read as people say them", () => {
    allowTranslations();
    expect(String(length(45))).toBe("45 min");
    expect(String(length(60))).toBe("1 h");
    expect(String(length(90.4))).toBe("1 h 30 min");
    expect(String(length(119.7))).toBe("2 h");
    expect(String(length(0))).toBe("0 min");
});

test("a visit is late against its promise, or when it has not begun in time", () => {
    const order = {late: 0, start: 540, state: "accepted"};
    expect(lateness(order, 500)).toBe(0);
    expect(lateness(order, 555)).toBe(15);
    expect(lateness({...order, state: "on_site"}, 700)).toBe(0);
    expect(lateness({...order, state: "done", late: 20}, 700)).toBe(20);
    expect(lateness({...order, late: 60}, 555)).toBe(60);
});

test("all words of a search have to be found", () => {
    const order = {name: "WO001", customer: "Lakeside Hotel", address: "Jinji Avenue"};
    expect(matches(order, ["wo001"])).toBe(true);
    expect(matches(order, ["hotel", "jinji"])).toBe(true);
    expect(matches(order, ["hotel", "beach"])).toBe(false);
    expect(matches(order, [])).toBe(true);
});

test("what somebody wrote into the storage is no choice", () => {
    for (const text of [null, "", "{", "7", "[]", '"x"', "null"]) {
        expect(readChoices(text)).toEqual(CHOICES);
    }
    expect(
        readChoices(
            JSON.stringify({
                areaIds: [3],
                skillIds: ["x"],
                zoom: 99,
                showMap: false,
                scope: "never",
                other: 1,
            })
        )
    ).toEqual({...CHOICES, areaIds: [3], showMap: false});
});
