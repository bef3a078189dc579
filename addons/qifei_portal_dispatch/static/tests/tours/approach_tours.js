import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function checkWidth() {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth} px wide on ${clientWidth} px.`);
    }
}

/** The customer sees when the engineer arrives, and where he is. */
tours.add("qifei_portal_dispatch_on_the_way", {
    steps: () => [
        {
            trigger: ".o_qifei_approach_time:contains(Arrives about)",
            run: checkWidth,
        },
        {
            content: "both are on the map, which has no tiles here",
            trigger: ".o_qifei_approach_map .o_qifei_approach_engineer",
        },
        {
            trigger: ".o_qifei_approach_map path.o_qifei_approach_place",
            run: checkWidth,
        },
    ],
});

/** The engineer is there: neither time nor map is left. */
tours.add("qifei_portal_dispatch_arrived", {
    steps: () => [
        {
            trigger: ".o_qifei_live:contains(Working at your place)",
        },
        {
            trigger: ".o_qifei_live:not(:has(.o_qifei_approach))",
        },
    ],
});
