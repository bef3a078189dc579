import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {renderToElement} from "@web/core/utils/render";
import {rpc} from "@web/core/network/rpc";

const WAIT_MS = 250;

/**
 * Finds parts while somebody types, and collects them with their quantities.
 */
export class PartRequestForm extends Interaction {
    static selector = ".o_qifei_parts_form";
    dynamicContent = {
        "#qifei_part_term": {
            "t-on-input": this.debounced(this.onInput, WAIT_MS),
            "t-on-keydown": this.onKeydown,
        },
        ".o_qifei_parts_found": {"t-on-click": this.onFoundClick},
        ".o_qifei_parts_rows": {"t-on-click": this.onRowsClick},
    };

    setup() {
        this.termEl = this.el.querySelector("#qifei_part_term");
        this.foundEl = this.el.querySelector(".o_qifei_parts_found");
        this.rowsEl = this.el.querySelector(".o_qifei_parts_rows");
        this.found = [];
    }

    async onInput() {
        const term = this.termEl.value.trim();
        this.found = term
            ? await this.waitFor(rpc("/my/part-requests/parts", {term}))
            : [];
        // An answer that comes late belongs to what was typed before.
        if (term !== this.termEl.value.trim()) {
            return;
        }
        this.foundEl.replaceChildren(
            ...(term ? [renderToElement("qifei_parts.FoundParts", this)] : [])
        );
    }

    /**
     * Enter takes the only part found instead of sending the form.
     */
    onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        if (this.found.length === 1) {
            this.addPart(this.found[0]);
        }
    }

    onFoundClick(ev) {
        const buttonEl = ev.target.closest("button");
        if (buttonEl) {
            this.addPart(
                this.found.find((part) => part.id === Number(buttonEl.dataset.id))
            );
        }
    }

    onRowsClick(ev) {
        if (ev.target.closest(".o_qifei_parts_remove")) {
            ev.target.closest("li").remove();
        }
    }

    addPart(part) {
        let rowEl = this.rowsEl.querySelector(`[data-id="${part.id}"]`);
        const isFull = this.rowsEl.children.length >= Number(this.el.dataset.mostLines);
        if (!rowEl && !isFull) {
            rowEl = renderToElement("qifei_parts.RequestedPart", {part});
            this.rowsEl.append(rowEl);
        }
        this.found = [];
        this.foundEl.replaceChildren();
        this.termEl.value = "";
        rowEl?.querySelector("input").select();
    }
}

registry
    .category("public.interactions")
    .add("qifei_parts.request_form", PartRequestForm);
