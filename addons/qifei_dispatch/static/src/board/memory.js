/** What a dispatcher has chosen on the board, kept in his browser. */

import {browser} from "@web/core/browser/browser";

const KEY = "qifei_dispatch.board";

export const CHOICES = {
    areaIds: [],
    skillIds: [],
    zoom: 1,
    showMap: true,
    showUnplanned: true,
    scope: "day",
};

const LIKE = {
    areaIds: isIds,
    skillIds: isIds,
    zoom: (value) => [1, 1.5, 2, 3].includes(value),
    showMap: isFlag,
    showUnplanned: isFlag,
    scope: (value) => ["day", "all"].includes(value),
};

function isIds(value) {
    return Array.isArray(value) && value.every((id) => Number.isInteger(id) && id > 0);
}

function isFlag(value) {
    return typeof value === "boolean";
}

/** Take from a text what is a choice of today; what is not falls back. */
export function readChoices(text) {
    let kept = {};
    try {
        kept = JSON.parse(text) || {};
    } catch {
        // Nobody's choice: somebody has written into the storage.
    }
    const choices = {};
    for (const [name, value] of Object.entries(CHOICES)) {
        choices[name] = LIKE[name](kept[name]) ? kept[name] : value;
    }
    return choices;
}

export function loadChoices() {
    return readChoices(browser.localStorage.getItem(KEY));
}

export function saveChoices(choices) {
    const kept = Object.fromEntries(
        Object.keys(CHOICES).map((name) => [name, choices[name]])
    );
    browser.localStorage.setItem(KEY, JSON.stringify(kept));
}
