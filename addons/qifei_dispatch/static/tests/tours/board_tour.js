import {registry} from "@web/core/registry";

const CARD = ".o_qifei_board_card:contains(Tour hotel)";
const IN_LIST = `.o_qifei_board_unplanned ${CARD}`;

function row(name) {
    return `.o_qifei_board_row:has(.o_qifei_board_engineer:contains(${name}))`;
}

function barOf(name) {
    return `${row(name)} .o_qifei_board_bar[aria-label*="Tour hotel"]`;
}

/** Drop the visit in the middle of the day of somebody. */
function dragTo(name) {
    return (helpers) =>
        helpers.drag_and_drop(`${row(name)} .o_qifei_board_lane`, {
            position: "center",
            relative: true,
        });
}

function press(key) {
    return {
        content: `Press ${key}`,
        trigger: ".o_qifei_board",
        run: `press ${key}`,
    };
}

registry.category("web_tour.tours").add("qifei_dispatch_board", {
    steps: () => [
        {
            content: "Narrow the board to what the tour is about",
            trigger: ".o_qifei_board_search",
            run: "edit Tour",
        },
        {
            trigger: `.o_qifei_board_timeline:has(${row("Tour able")}):has(${row("Tour novice")})`,
        },
        {
            content: "Drag the order to somebody who lacks the skill",
            trigger: IN_LIST,
            run: dragTo("Tour novice"),
        },
        {
            content: "It is refused with the reason",
            trigger: ".o_notification:contains(Lacks the skill Tour welding)",
        },
        {
            content: "The order is back in the list",
            trigger: `.o_qifei_board:not(:has(${barOf("Tour novice")})) ${IN_LIST}`,
        },
        {
            trigger: ".o_notification_close",
            run: "click",
        },
        {
            content: "Drag it to the right one",
            trigger: IN_LIST,
            run: dragTo("Tour able"),
        },
        {
            trigger: barOf("Tour able"),
        },
        {
            content: "Nothing is left to plan",
            trigger: `.o_qifei_board:not(:has(${CARD}))`,
        },
        {
            content: "Undo it",
            trigger: ".o_qifei_board_undo:not(:disabled)",
            run: "click",
        },
        {
            trigger: `.o_qifei_board:not(:has(${barOf("Tour able")})) ${IN_LIST}`,
        },
        {
            content: "Choose the order: the panel says who can take it and who cannot",
            trigger: IN_LIST,
            run: "click",
        },
        {
            trigger:
                ".o_qifei_board_panel .o_qifei_board_candidate:contains(Tour able) .btn-primary",
        },
        press("m"),
        {
            content: "It is held with the best engineer",
            trigger: ".o_qifei_board_moving:contains(Tour able)",
        },
        press("ArrowDown"),
        {
            content: "The novice is refused before it is dropped",
            trigger: ".o_qifei_board_moving.o_refused:contains(Lacks the skill)",
        },
        press("ArrowUp"),
        press("ArrowRight"),
        {
            trigger: ".o_qifei_board_moving:not(.o_refused):contains(Tour able)",
        },
        press("Enter"),
        {
            trigger: barOf("Tour able"),
        },
        press("u"),
        {
            trigger: IN_LIST,
        },
        {
            content: "Assign it from the panel",
            trigger:
                ".o_qifei_board_panel .o_qifei_board_candidate:contains(Tour able) .btn-primary",
            run: "click",
        },
        {
            trigger: barOf("Tour able"),
        },
    ],
});

registry.category("web_tour.tours").add("qifei_dispatch_board_phone", {
    steps: () => [
        {
            trigger: ".o_qifei_board_small .nav-link:contains(To plan)",
            run: "click",
        },
        {
            trigger: CARD,
            run: "click",
        },
        {
            content: "The panel covers the screen",
            trigger:
                ".o_qifei_board_panel .o_qifei_board_candidate:contains(Tour able) .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_qifei_board_panel .o_state_assigned",
        },
        {
            trigger: ".o_qifei_board_panel .btn-close",
            run() {
                const {scrollWidth, clientWidth} = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} px wide on ${clientWidth} px.`);
                }
                this.anchor.click();
            },
        },
        {
            trigger: ".o_qifei_board_small .nav-link:contains(Engineers)",
            run: "click",
        },
        {
            trigger: ".o_qifei_board_search",
            run: "edit Tour able",
        },
        {
            trigger: ".o_qifei_board_list_order:contains(Tour hotel)",
        },
    ],
});
