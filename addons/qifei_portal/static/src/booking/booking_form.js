import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";

import {shrinkPhoto} from "./photo";

const DRAFT_KEY = "qifei_portal.booking";
const DRAFT_FIELDS = [
    "contact_name",
    "contact_phone",
    "contact_email",
    "street",
    "city",
    "zip",
    "description",
];

/**
 * Shows the booking form in three screens, keeps a draft in the browser and helps with
 * photos, times and places. The form works without it.
 */
export class BookingForm extends Interaction {
    static selector = ".o_qifei_booking";
    dynamicContent = {
        _root: {"t-on-submit.capture": this.onSubmit, "t-on-input": this.onInput},
        ".o_qifei_next": {"t-on-click": this.onNext},
        ".o_qifei_back": {"t-on-click": this.onBack},
        "input[name='ticket_type']": {"t-on-change": this.onSubjectChange},
        "input[name='equipment']": {"t-on-change": this.onEquipmentChange},
        ".o_qifei_categories .o_qifei_tile": {"t-on-click": this.onCategoryClick},
        ".o_qifei_trail": {"t-on-click": this.onTrailClick},
        "input[type='file']": {"t-on-change": this.onFilesChange},
        ".o_qifei_photos": {"t-on-click": this.onPhotoClick},
        "input[name='engineer']": {"t-on-change": this.onEngineerChange},
        "select[name='country']": {"t-on-change": this.onCountryChange},
        ".o_qifei_locate button": {"t-on-click": this.onLocate},
    };

    setup() {
        this.screen = Number(this.el.dataset.screen) || 1;
        this.photos = [];
        this.previews = [];
        this.maxPhotos = Number(this.el.dataset.photoCount);
    }

    start() {
        this.el.classList.add("o_qifei_stepped");
        for (const selector of [".o_qifei_progress", ".o_qifei_camera"]) {
            this.el.querySelector(selector)?.classList.remove("d-none");
        }
        if (navigator.geolocation) {
            this.el.querySelector(".o_qifei_locate").classList.remove("d-none");
        }
        this.el.querySelector(".o_qifei_files").classList.add("visually-hidden");
        if (!this.el.dataset.refused) {
            this.restoreDraft();
        }
        this.openChosenLevel();
        this.onSubjectChange();
        this.onEngineerChange();
        this.showScreen(this.screen, {isFirst: true});
    }

    destroy() {
        for (const url of this.previews) {
            URL.revokeObjectURL(url);
        }
    }

    // --- screens ---

    showScreen(number, {isFirst = false} = {}) {
        this.screen = number;
        for (const screenEl of this.el.querySelectorAll(".o_qifei_screen")) {
            const isShown = Number(screenEl.dataset.screen) === number;
            screenEl.classList.toggle("d-none", !isShown);
        }
        const progressEl = this.el.querySelector(".o_qifei_progress");
        progressEl.setAttribute("aria-valuenow", number);
        for (const [index, barEl] of [...progressEl.children].entries()) {
            barEl.classList.toggle("o_qifei_reached", index < number);
        }
        this.el
            .querySelector(".o_qifei_hint")
            ?.classList.toggle("d-none", number !== 1);
        this.el.querySelector(".o_qifei_back").classList.toggle("d-none", number === 1);
        this.el.querySelector(".o_qifei_next").classList.toggle("d-none", number === 3);
        this.el.querySelector(".o_qifei_send").classList.toggle("d-none", number !== 3);
        if (!isFirst) {
            window.scrollTo({top: 0});
            const headingEl = this.getScreenEl(number).querySelector("h2");
            headingEl.tabIndex = -1;
            headingEl.focus({preventScroll: true});
        }
    }

    getScreenEl(number) {
        return this.el.querySelector(`.o_qifei_screen[data-screen="${number}"]`);
    }

    onNext() {
        if (this.checkScreen(this.screen)) {
            this.showScreen(this.screen + 1);
        }
    }

    onBack() {
        this.showScreen(this.screen - 1);
    }

    /**
     * Say at once what the server would refuse; the server checks everything again.
     */
    checkScreen(number) {
        const screenEl = this.getScreenEl(number);
        for (const messageEl of screenEl.querySelectorAll(".o_qifei_live_error")) {
            messageEl.remove();
        }
        const mistakes = [];
        if (number === 1) {
            if (!this.getChecked("ticket_type")) {
                mistakes.push([".o_qifei_types", _t("Choose what we can do for you.")]);
            }
            const categoriesEl = screenEl.querySelector(".o_qifei_categories");
            if (
                categoriesEl &&
                !this.getChecked("equipment")?.value &&
                !this.getChecked("category")
            ) {
                mistakes.push([
                    ".o_qifei_categories",
                    _t("Choose what kind of machine it is."),
                ]);
            }
        } else if (number === 2) {
            const text = this.el.elements.description.value.trim();
            if (!text && !this.el.querySelector("[name='symptoms']:checked")) {
                mistakes.push([
                    "[name='description']",
                    _t("Pick a key word or tell us in a few words what it is about."),
                ]);
            }
        }
        for (const [selector, text] of mistakes) {
            const messageEl = document.createElement("div");
            messageEl.className = "invalid-feedback d-block o_qifei_live_error";
            messageEl.setAttribute("role", "alert");
            messageEl.textContent = text;
            screenEl.querySelector(selector).after(messageEl);
        }
        screenEl
            .querySelector(".o_qifei_live_error")
            ?.scrollIntoView({block: "center"});
        return !mistakes.length;
    }

    /**
     * Send only what is complete: a page sent back has lost the photos. This is asked
     * before the captcha, which sends the form whatever others say about the event.
     */
    onSubmit(ev) {
        if (this.screen !== 3) {
            // The Enter key on an earlier screen means “next”.
            this.keep(ev);
            this.onNext();
            return;
        }
        const invalidEl = [...this.getScreenEl(3).querySelectorAll(":invalid")].find(
            (fieldEl) => fieldEl.offsetParent
        );
        if (invalidEl) {
            this.keep(ev);
            invalidEl.reportValidity();
            return;
        }
        this.storeFiles();
        sessionStorage.removeItem(DRAFT_KEY);
    }

    keep(ev) {
        ev.preventDefault();
        ev.stopImmediatePropagation();
    }

    getChecked(name) {
        return this.el.querySelector(`input[name="${name}"]:checked`);
    }

    // --- draft ---

    onInput() {
        const draft = {};
        for (const name of DRAFT_FIELDS) {
            draft[name] = this.el.elements[name]?.value || "";
        }
        sessionStorage.setItem(DRAFT_KEY, JSON.stringify(draft));
    }

    restoreDraft() {
        let draft = {};
        try {
            draft = JSON.parse(sessionStorage.getItem(DRAFT_KEY)) || {};
        } catch {
            // A draft nobody can read is no draft.
        }
        for (const name of DRAFT_FIELDS) {
            const fieldEl = this.el.elements[name];
            if (fieldEl && !fieldEl.value && typeof draft[name] === "string") {
                fieldEl.value = draft[name];
            }
        }
    }

    // --- screen 1: what ---

    onSubjectChange() {
        const typeEl = this.getChecked("ticket_type");
        const isVisit = !typeEl || typeEl.dataset.visit === "1";
        for (const el of this.el.querySelectorAll(".o_qifei_visit_only")) {
            el.classList.toggle("d-none", !isVisit);
        }
        for (const el of this.el.querySelectorAll(".o_qifei_no_visit_only")) {
            el.classList.toggle("d-none", isVisit);
        }
        const equipmentEl = this.getChecked("equipment");
        this.el
            .querySelector(".o_qifei_categories")
            ?.classList.toggle("d-none", Boolean(equipmentEl?.value));
        this.filterSymptoms();
    }

    onEquipmentChange(ev) {
        if (ev.currentTarget.value) {
            this.clearCategory();
        }
        this.onSubjectChange();
    }

    clearCategory() {
        const categoryEl = this.getChecked("category");
        if (categoryEl) {
            categoryEl.checked = false;
        }
        this.openLevel(this.getTopLevel());
    }

    openChosenLevel() {
        if (!this.el.querySelector(".o_qifei_categories")) {
            return;
        }
        const tileEl = this.getChecked("category")?.closest(".o_qifei_tile");
        if (!tileEl) {
            this.openLevel(this.getTopLevel());
        } else if (tileEl.dataset.leaf === "1") {
            this.openLevel(tileEl.dataset.parent);
        } else {
            this.openLevel(tileEl.querySelector("input").value);
        }
    }

    /**
     * A catalogue with one root opens below it: there is nothing to choose above.
     */
    getTopLevel() {
        const rootEls = this.el.querySelectorAll(".o_qifei_tile[data-parent='0']");
        return rootEls.length === 1 && rootEls[0].dataset.leaf === "0"
            ? rootEls[0].querySelector("input").value
            : "0";
    }

    /**
     * Show the tiles below one category, and the way back to the top.
     */
    openLevel(parentId) {
        const categoriesEl = this.el.querySelector(".o_qifei_categories");
        if (!categoriesEl) {
            return;
        }
        for (const tileEl of categoriesEl.querySelectorAll(".o_qifei_tile")) {
            tileEl.classList.toggle("d-none", tileEl.dataset.parent !== parentId);
            tileEl
                .querySelector(".o_qifei_more")
                ?.classList.toggle("d-none", tileEl.dataset.leaf === "1");
        }
        const trailEl = categoriesEl.querySelector(".o_qifei_trail");
        trailEl.replaceChildren();
        const topLevel = this.getTopLevel();
        trailEl.classList.toggle("d-none", parentId === topLevel);
        let tileEl = this.getTileEl(parentId);
        const steps = [];
        while (tileEl && tileEl.querySelector("input").value !== topLevel) {
            steps.unshift(tileEl);
            tileEl = this.getTileEl(tileEl.dataset.parent);
        }
        this.addTrailStep(trailEl, topLevel, _t("All"));
        for (const stepEl of steps) {
            this.addTrailStep(
                trailEl,
                stepEl.querySelector("input").value,
                stepEl.textContent.trim()
            );
        }
    }

    addTrailStep(trailEl, categoryId, text) {
        const buttonEl = document.createElement("button");
        buttonEl.type = "button";
        buttonEl.className = "btn btn-sm btn-link";
        buttonEl.dataset.category = categoryId;
        buttonEl.textContent = text;
        trailEl.append(buttonEl);
    }

    getTileEl(categoryId) {
        return this.el
            .querySelector(`input[name="category"][value="${categoryId}"]`)
            ?.closest(".o_qifei_tile");
    }

    onCategoryClick(ev) {
        if (!(ev.target instanceof HTMLInputElement)) {
            return;
        }
        const tileEl = ev.currentTarget;
        const noneEl = this.el.querySelector("input[name='equipment'][value='']");
        if (noneEl) {
            noneEl.checked = true;
        }
        if (tileEl.dataset.leaf === "0") {
            this.openLevel(ev.target.value);
        }
        this.filterSymptoms();
    }

    onTrailClick(ev) {
        const buttonEl = ev.target.closest("button");
        if (!buttonEl) {
            return;
        }
        const categoryId = buttonEl.dataset.category;
        if (categoryId === this.getTopLevel()) {
            this.clearCategory();
        } else {
            this.getTileEl(categoryId).querySelector("input").checked = true;
            this.openLevel(categoryId);
        }
        this.filterSymptoms();
    }

    // --- screen 2: problem ---

    /**
     * Show the key words of the chosen machine: those of its category, of the
     * categories above, and those of all.
     */
    filterSymptoms() {
        const chosenEl = this.getChecked("equipment")?.value
            ? this.getChecked("equipment")
            : this.getChecked("category");
        const path = (chosenEl?.dataset.path || "").split("/").filter(Boolean);
        for (const chipEl of this.el.querySelectorAll(".o_qifei_chip")) {
            const categories = chipEl.dataset.categories.split(" ").filter(Boolean);
            const isShown =
                !categories.length ||
                !path.length ||
                categories.some((category) => path.includes(category));
            chipEl.classList.toggle("d-none", !isShown);
            if (!isShown) {
                chipEl.querySelector("input").checked = false;
            }
        }
    }

    async onFilesChange(ev) {
        const files = [...ev.currentTarget.files];
        const room = this.maxPhotos - this.photos.length;
        const shrunk = await this.waitFor(
            Promise.all(files.slice(0, room).map((file) => shrinkPhoto(file)))
        );
        this.photos.push(...shrunk);
        this.storeFiles();
        this.showPhotos();
    }

    /**
     * Put the photos of both buttons into the one field that is sent.
     */
    storeFiles() {
        const transfer = new DataTransfer();
        for (const photo of this.photos) {
            transfer.items.add(photo);
        }
        const filesEl = this.el.querySelector(".o_qifei_files");
        filesEl.files = transfer.files;
        const cameraEl = this.el.querySelector(".o_qifei_camera input");
        cameraEl.value = "";
        const isFull = this.photos.length >= this.maxPhotos;
        for (const inputEl of [filesEl, cameraEl]) {
            inputEl.closest("label").classList.toggle("disabled", isFull);
        }
    }

    showPhotos() {
        const photosEl = this.el.querySelector(".o_qifei_photos");
        for (const url of this.previews) {
            URL.revokeObjectURL(url);
        }
        this.previews = this.photos.map((photo) => URL.createObjectURL(photo));
        photosEl.replaceChildren(
            ...this.previews.map((url, index) => {
                const figureEl = document.createElement("figure");
                const imageEl = document.createElement("img");
                imageEl.src = url;
                imageEl.alt = _t("Photo %s", index + 1);
                const buttonEl = document.createElement("button");
                buttonEl.type = "button";
                buttonEl.className = "btn-close";
                buttonEl.dataset.index = index;
                buttonEl.setAttribute("aria-label", _t("Remove photo %s", index + 1));
                figureEl.append(imageEl, buttonEl);
                return figureEl;
            })
        );
    }

    onPhotoClick(ev) {
        const buttonEl = ev.target.closest("button");
        if (buttonEl) {
            this.photos.splice(Number(buttonEl.dataset.index), 1);
            this.storeFiles();
            this.showPhotos();
        }
    }

    // --- screen 3: when and where ---

    /**
     * Leave only the times at which the chosen engineer is free.
     */
    onEngineerChange() {
        const windows = this.getChecked("engineer")?.dataset.windows;
        const free = windows && new Set(windows.split(" "));
        for (const slotEl of this.el.querySelectorAll(".o_qifei_slot")) {
            const inputEl = slotEl.querySelector("input");
            const isFull = slotEl.classList.contains("o_qifei_slot_full");
            inputEl.disabled = isFull || Boolean(free && !free.has(inputEl.value));
            slotEl.classList.toggle("o_qifei_slot_busy", inputEl.disabled && !isFull);
            if (inputEl.disabled && inputEl.checked) {
                this.el.querySelector("input[name='window'][value='']").checked = true;
            }
        }
    }

    async onCountryChange(ev) {
        const countryId = Number(ev.currentTarget.value);
        const stateEl = this.el.elements.state;
        const states = countryId
            ? (
                  await this.waitFor(
                      rpc(`/my/address/country_info/${countryId}`, {
                          address_type: "delivery",
                      })
                  )
              ).states
            : [];
        stateEl.replaceChildren(
            new Option(""),
            ...states.map(([id, name]) => new Option(name, id))
        );
    }

    onLocate(ev) {
        const buttonEl = ev.currentTarget;
        const textEl = buttonEl.parentElement.querySelector("small");
        buttonEl.disabled = true;
        navigator.geolocation.getCurrentPosition(
            ({coords}) => {
                this.el.elements.latitude.value = coords.latitude.toFixed(7);
                this.el.elements.longitude.value = coords.longitude.toFixed(7);
                buttonEl.classList.add("o_qifei_located");
                textEl.textContent = _t("Thank you, we will find you.");
            },
            () => {
                buttonEl.disabled = false;
                textEl.textContent = _t(
                    "Your phone did not tell the position. The address is enough."
                );
            },
            {enableHighAccuracy: true, timeout: 10000}
        );
    }
}

registry.category("public.interactions").add("qifei_portal.booking_form", BookingForm);
