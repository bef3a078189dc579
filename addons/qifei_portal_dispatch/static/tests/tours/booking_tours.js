import {registry} from "@web/core/registry";

function checkWidth() {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth} px wide on ${clientWidth} px.`);
    }
}

/** The times follow what is booked; a closed one says why, the chosen one is reserved. */
registry.category("web_tour.tours").add("qifei_portal_dispatch_booking", {
    steps: () => [
        {
            trigger:
                ".o_qifei_stepped .o_qifei_types .o_qifei_tile_body:contains(Test visit)",
            run: "click",
        },
        {
            trigger: ".o_qifei_categories .o_qifei_tile_body:contains(Test machines)",
            run: "click",
        },
        {
            trigger: ".o_qifei_next",
            run: "click",
        },
        {
            trigger: ".o_qifei_screen[data-screen='2']:not(.d-none) #qifei_description",
            run: "edit Booked with its route",
        },
        {
            trigger: ".o_qifei_next",
            run: "click",
        },
        {
            content: "the times are those of this visit, a closed one says why",
            trigger:
                ".o_qifei_windows[data-current] .o_qifei_slot_full:contains(fully booked)",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_day_chip:eq(1)",
            run: "click",
        },
        {
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
            content: "another place asks for the times anew and keeps the choice",
            trigger: "#qifei_city",
            run: "edit Shanghai && press Tab",
        },
        {
            trigger: "#qifei_country",
            run: "selectByLabel China",
        },
        {
            trigger:
                ".o_qifei_windows[data-current] .o_qifei_slot:has(input:checked:enabled)",
            run: checkWidth,
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
            trigger: ".o_qifei_done .o_qifei_reserved:contains(is reserved for you)",
        },
    ],
});
