import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("qifei_dispatch_plan_start", {
    steps: () => [
        {
            content: "Make a new plan",
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            content: "Ask for tomorrow's areas as they are and start",
            trigger: "button[name=action_queue]",
            run: "click",
        },
        {
            content: "The plan waits and shows it",
            trigger: ".o_qifei_run_progress",
        },
    ],
});

registry.category("web_tour.tours").add("qifei_dispatch_plan_publish", {
    steps: () => [
        {
            content: "The proposal names the visit and its engineer",
            trigger:
                ".o_qifei_run_proposal section:contains(Tour planner):contains(Tour villa)",
        },
        {
            content: "Publish",
            trigger: "button[name=action_publish]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "It is published",
            trigger:
                ".o_form_view:not(:has(button[name=action_publish])) .o_field_statusbar:contains(Published)",
        },
    ],
});
