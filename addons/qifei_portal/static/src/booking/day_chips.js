import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * Turns the list of days with their time windows into one row of days; only the times
 * of the chosen day are shown.
 */
export class DayChips extends Interaction {
    static selector = ".o_qifei_windows";
    dynamicContent = {
        ".o_qifei_days": {"t-on-click": this.onClick},
    };

    start() {
        this.dayEls = [...this.el.querySelectorAll(".o_qifei_day")];
        if (!this.dayEls.length) {
            return;
        }
        const chipsEl = this.el.querySelector(".o_qifei_days");
        chipsEl.classList.remove("d-none");
        chipsEl.replaceChildren(
            ...this.dayEls.map((dayEl, index) => {
                const buttonEl = document.createElement("button");
                buttonEl.type = "button";
                buttonEl.className = "o_qifei_day_chip";
                buttonEl.dataset.index = index;
                buttonEl.setAttribute("role", "tab");
                buttonEl.textContent = dayEl.querySelector("legend").textContent.trim();
                dayEl.querySelector("legend").classList.add("visually-hidden");
                return buttonEl;
            })
        );
        const chosen = this.dayEls.findIndex((dayEl) =>
            dayEl.querySelector(":checked")
        );
        this.show(Math.max(chosen, 0));
    }

    show(shown) {
        for (const [index, dayEl] of this.dayEls.entries()) {
            dayEl.classList.toggle("d-none", index !== shown);
        }
        const chipEls = this.el.querySelectorAll(".o_qifei_day_chip");
        for (const [index, chipEl] of [...chipEls].entries()) {
            chipEl.setAttribute("aria-selected", index === shown);
        }
    }

    onClick(ev) {
        const buttonEl = ev.target.closest("button");
        if (buttonEl) {
            this.show(Number(buttonEl.dataset.index));
        }
    }
}

registry.category("public.interactions").add("qifei_portal.day_chips", DayChips);
