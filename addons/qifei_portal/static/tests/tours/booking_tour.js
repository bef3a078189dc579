import {registry} from "@web/core/registry";

import {checkTargets, checkWidth, choosePhoto} from "./tour_helpers";

/**
 * A visitor books a visit on a phone: three screens, a photo, a time.
 */
registry.category("web_tour.tours").add("qifei_portal_booking", {
    url: "/service",
    steps: () => [
        {
            content: "the home of the service leads to the booking",
            trigger: ".o_qifei_hero a:contains(Book a service)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the first booking shows a hint, which can be closed",
            trigger: ".o_qifei_stepped .o_qifei_hint_close",
            run: "click",
        },
        {
            content: "without a choice the form says what is missing",
            trigger: "body:not(:has(.o_qifei_hint)) .o_qifei_next",
            run: "click",
        },
        {
            trigger: ".o_qifei_live_error:contains(Choose what we can do)",
        },
        {
            content: "choose the kind of service",
            trigger: ".o_qifei_types .o_qifei_tile_body:contains(Test visit)",
            run: "click",
        },
        {
            content: "choose the branch of the catalogue",
            trigger: ".o_qifei_categories .o_qifei_tile_body:contains(Test machines)",
            run: "click",
        },
        {
            content: "choose the machine one level below",
            trigger: ".o_qifei_categories .o_qifei_tile_body:contains(Test coolers)",
            run: "click",
        },
        {
            content: "the way back to the top is shown",
            trigger: ".o_qifei_trail button:contains(Test machines)",
            run: () => {
                checkWidth();
                checkTargets(document.querySelector(".o_qifei_booking"));
            },
        },
        {
            trigger: ".o_qifei_next",
            run: "click",
        },
        {
            content: "only key words of this kind of machine are offered",
            trigger:
                ".o_qifei_screen[data-screen='2'] .o_qifei_chip:contains(Hums loudly)",
            run: () => {
                const shown = [
                    ...document.querySelectorAll(".o_qifei_chip:not(.d-none)"),
                ];
                if (shown.some((chipEl) => chipEl.textContent.includes("Only ovens"))) {
                    throw new Error("A key word of another kind of machine is shown.");
                }
            },
        },
        {
            trigger: ".o_qifei_chip span:contains(Hums loudly)",
            run: "click",
        },
        {
            trigger: "#qifei_description",
            run: "edit It hums since Monday and leaks a little.",
        },
        {
            content: "take a photo",
            trigger: ".o_qifei_gallery",
            run: () => choosePhoto(document.querySelector(".o_qifei_files")),
        },
        {
            content: "the photo is shown and can be removed",
            trigger: ".o_qifei_photos img",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_next",
            run: "click",
        },
        {
            content: "nothing is sent, and no photo lost, while the name is missing",
            trigger: ".o_qifei_send",
            run: "click",
        },
        {
            content: "choose a day",
            trigger: ".o_qifei_day_chip:eq(1)",
            run: "click",
        },
        {
            content: "choose a time at which an engineer is free",
            trigger:
                ".o_qifei_day:not(.d-none) .o_qifei_slot:not(.o_qifei_slot_full) .o_qifei_slot_body",
            run: "click",
        },
        {
            trigger: "#qifei_contact_name",
            run: "edit Dora Customer",
        },
        {
            trigger: "#qifei_contact_phone",
            run: "edit +86 138 0013 8222",
        },
        {
            trigger: "#qifei_street",
            run: "edit Long Road 5",
        },
        {
            trigger: "#qifei_city",
            run: "edit Test City",
        },
        {
            content: "the states of another country are loaded",
            trigger: "#qifei_country",
            run: "selectByLabel China",
        },
        {
            trigger: "#qifei_state:has(option:contains(上海市))",
            run: () => {
                checkWidth();
                checkTargets(document.querySelector(".o_qifei_booking"));
            },
        },
        {
            trigger: ".o_qifei_consent input",
            run: "click",
        },
        {
            trigger: ".o_qifei_send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the number is shown",
            trigger: ".o_qifei_done_number",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_done a:contains(Track this request)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the tracking page shows where the request stands",
            trigger: ".o_qifei_step_now[data-step='new']",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_gallery_view img",
        },
    ],
});
