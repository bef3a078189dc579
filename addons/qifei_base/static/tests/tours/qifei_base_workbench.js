import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("qifei_base_workbench", {
    steps: () => [
        {
            content: "The card counts both unread announcements",
            trigger: "[data-card=announcements] .o_qifei_workbench_count:contains(2)",
        },
        {
            content: "Confirm the pinned one in the banner",
            trigger:
                ".o_qifei_announcement_banner:contains(Tour pinned) .o_qifei_announcement_read",
            run: "click",
        },
        {
            content: "The banner is gone and the card counts again",
            trigger: "[data-card=announcements] .o_qifei_workbench_count:contains(1)",
        },
        {
            trigger: "body:not(:has(.o_qifei_announcement_banner))",
        },
        {
            content: "Open the other one from the card",
            trigger: ".o_qifei_workbench_item:contains(Tour plain)",
            run: "click",
        },
        {
            content: "Confirm it on the form",
            trigger: ".o_form_view button[name=action_mark_read]",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_mark_read]))",
        },
        {
            content: "Back to the workbench",
            trigger: ".o_breadcrumb a:contains(Workbench), .o_back_button",
            run: "click",
        },
        {
            trigger: "[data-card=announcements] .o_qifei_workbench_count:contains(0)",
        },
        {
            content: "The title opens the list",
            trigger: "[data-card=announcements] .o_qifei_workbench_title",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Tour plain)",
        },
    ],
});
