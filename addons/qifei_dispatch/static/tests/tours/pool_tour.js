import {registry} from "@web/core/registry";

const CARD = ".o_qifei_pool .o_kanban_record:contains(Tour workshop)";

registry.category("web_tour.tours").add("qifei_dispatch_pool", {
    steps: () => [
        {
            content: "Look at what is offered before it is taken",
            trigger: CARD,
            run: "click",
        },
        {
            trigger: ".o_form_view:contains(Tour workshop)",
        },
        {
            content: "Back to the pool",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Take the order",
            trigger: `${CARD} button[name='action_grab']`,
            run: "click",
        },
        {
            content: "It is his",
            trigger: ".o_notification:contains(is yours)",
        },
        {
            content: "It has left the pool",
            trigger: `.o_qifei_pool:not(:has(${CARD}))`,
        },
    ],
});
