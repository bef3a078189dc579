/** Days and hours of the board, in the time zone of the company. */

import {_t} from "@web/core/l10n/translation";

const {DateTime} = luxon;

export class Clock {
    /**
     * @param {number} dayStart milliseconds since 1970 at midnight of the day
     * @param {string} zone of the company
     */
    constructor(dayStart, zone) {
        this.dayStart = dayStart;
        this.zone = zone;
    }

    /** The moment some minutes after midnight, which is right on days of 23 hours too. */
    moment(minute) {
        return DateTime.fromMillis(this.dayStart + minute * 60000, {zone: this.zone});
    }

    time(minute) {
        return this.moment(minute).toFormat("HH:mm");
    }

    times(start, end) {
        return `${this.time(start)}–${this.time(end)}`;
    }

    /** With the day when it is another one. */
    dayAndTime(minute) {
        const moment = this.moment(minute);
        return moment.hasSame(this.moment(0), "day")
            ? moment.toFormat("HH:mm")
            : moment.toFormat("MM-dd HH:mm");
    }

    /** Minutes since midnight of the day. */
    now(millis = Date.now()) {
        return (millis - this.dayStart) / 60000;
    }
}

export function today(zone) {
    return DateTime.now().setZone(zone).toISODate();
}

/** A day some days later, or the same one when the text is none. */
export function addDays(date, days) {
    const day = DateTime.fromISO(date);
    return day.isValid ? day.plus({days}).toISODate() : date;
}

export function isDay(text) {
    return (
        typeof text === "string" &&
        /^\d{4}-\d{2}-\d{2}$/.test(text) &&
        DateTime.fromISO(text).isValid
    );
}

export function longDay(date) {
    return DateTime.fromISO(date).toLocaleString({
        weekday: "short",
        day: "numeric",
        month: "short",
        year: "numeric",
    });
}

/** “45 min” or “1 h 30 min”. */
export function length(minutes) {
    const rounded = Math.round(minutes);
    const hours = Math.floor(rounded / 60);
    const rest = rounded % 60;
    if (!hours) {
        return _t("%s min", rest);
    }
    return rest
        ? _t("%(hours)s h %(minutes)s min", {hours, minutes: rest})
        : _t("%s h", hours);
}
