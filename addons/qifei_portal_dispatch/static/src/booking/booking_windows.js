import {Interaction} from "@web/public/interaction";
import {markup} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {setElementContent} from "@web/core/utils/html";

// What decides who can come; without JavaScript the server looks at it in the end.
const FIELDS = [
    "ticket_type",
    "category",
    "equipment",
    "token",
    "latitude",
    "longitude",
    "zip",
    "city",
    "country",
    "state",
];

/**
 * Keeps the offered times true to what the form says: the kind of service, the machine
 * and the place.
 */
export class BookingWindows extends Interaction {
    static selector = ".o_qifei_booking";
    dynamicContent = {
        ".o_qifei_next": {"t-on-click": this.onNext},
        "input[name='zip'], input[name='city'], select[name='country']": {
            "t-on-change": this.refresh,
        },
        ".o_qifei_locate button": {"t-on-click": this.onLocate},
    };

    setup() {
        this.asked = "";
    }

    start() {
        if (this.isShown()) {
            this.refresh();
        }
    }

    isShown() {
        const screenEl = this.el.querySelector(".o_qifei_screen[data-screen='3']");
        return (
            !screenEl.classList.contains("d-none") &&
            this.el.classList.contains("o_qifei_stepped")
        );
    }

    onNext() {
        // The form changes its screen by the same click.
        this.waitForTimeout(() => this.isShown() && this.refresh(), 0);
    }

    onLocate() {
        this.waitForTimeout(() => this.refresh(), 3000);
    }

    read() {
        const form = new FormData(this.el);
        return Object.fromEntries(FIELDS.map((name) => [name, form.get(name) || ""]));
    }

    async refresh() {
        const texts = this.read();
        const asked = JSON.stringify(texts);
        if (asked === this.asked) {
            return;
        }
        this.asked = asked;
        const windowsEl = this.el.querySelector(".o_qifei_windows");
        windowsEl.setAttribute("aria-busy", "true");
        let answer = {};
        try {
            answer = await this.waitFor(
                rpc("/service/book/windows", texts, {silent: true})
            );
        } catch {
            // The times that are shown are looked at again by the server.
        }
        if (asked !== this.asked) {
            return;
        }
        windowsEl.removeAttribute("aria-busy");
        if (answer.html) {
            this.show(windowsEl, answer);
        }
    }

    show(windowsEl, {html, engineers}) {
        const publicInteractions = this.services["public.interactions"];
        const boxEl = document.createElement("div");
        setElementContent(boxEl, markup(html));
        const newEl = boxEl.querySelector(".o_qifei_windows");
        newEl.dataset.current = "1";
        const dayIndex = windowsEl.querySelector(
            ".o_qifei_day_chip[aria-selected='true']"
        )?.dataset.index;
        // The visitor may have chosen while the answer was on its way.
        const chosen = this.getChosen()?.value;
        const chosenEl =
            chosen && newEl.querySelector(`input[name="window"][value="${chosen}"]`);
        if (chosenEl) {
            chosenEl.checked = true;
        }
        publicInteractions.stopInteractions(windowsEl);
        windowsEl.replaceWith(newEl);
        publicInteractions.startInteractions(newEl);
        this.dropClosed(newEl);
        if (dayIndex && !newEl.querySelector(":checked")) {
            // The visitor stays at the day he is looking at.
            this.waitForTimeout(
                () =>
                    newEl
                        .querySelector(`.o_qifei_day_chip[data-index="${dayIndex}"]`)
                        ?.click(),
                0
            );
        }
        for (const inputEl of this.el.querySelectorAll("input[name='engineer']")) {
            if (inputEl.value) {
                inputEl.dataset.windows = engineers[inputEl.value] || "";
            }
        }
        // The form marks the times at which a chosen engineer is busy.
        this.el
            .querySelector("input[name='engineer']:checked")
            ?.dispatchEvent(new Event("change", {bubbles: true}));
    }

    getChosen() {
        return this.el.querySelector("input[name='window']:checked");
    }

    /** Say so when the time that was chosen cannot be kept for what is booked now. */
    dropClosed(windowsEl) {
        const chosenEl = this.getChosen();
        if (chosenEl && !chosenEl.disabled) {
            return;
        }
        if (chosenEl) {
            chosenEl.checked = false;
            const messageEl = document.createElement("div");
            messageEl.className = "alert alert-warning mt-2 mb-0";
            messageEl.setAttribute("role", "alert");
            messageEl.textContent = _t(
                "The time you chose cannot be kept for this visit. Choose another one."
            );
            windowsEl.append(messageEl);
        }
        this.el.querySelector("input[name='window'][value='']").checked = true;
    }
}

registry
    .category("public.interactions")
    .add("qifei_portal_dispatch.booking_windows", BookingWindows);
