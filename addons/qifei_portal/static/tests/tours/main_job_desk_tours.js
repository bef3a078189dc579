import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/**
 * The agent takes the booking on and creates the work order.
 */
tours.add("qifei_portal_main_job_agent", {
    steps: () => [
        {
            content: "find the new request among the tickets",
            trigger:
                ".o_field_widget[name='description'] textarea:value(/hums since Monday/)",
        },
        {
            trigger: "button[name='action_open']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Open)",
        },
        {
            content: "create the order without choosing the engineer",
            trigger: "button[name='action_create_work_order']",
            run: "click",
        },
        {
            content: "the order is to be assigned",
            trigger: ".o_arrow_button_current:contains(To assign)",
        },
        {
            trigger: ".o_field_widget[name='contact_name'] input:value(Dora Customer)",
        },
    ],
});

/**
 * The dispatcher gives the order to an engineer who is free and qualified.
 */
tours.add("qifei_portal_main_job_dispatcher", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name='action_choose_engineer']",
            run: "click",
        },
        {
            trigger:
                ".modal .o_data_row:contains(Edith Miller) button[name='action_choose']",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_arrow_button_current:contains(Assigned)",
        },
    ],
});

/**
 * The manager bills what the customer pays and posts the invoice.
 */
tours.add("qifei_portal_main_job_invoice", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name='action_create_invoice']",
            run: "click",
        },
        {
            content: "the draft invoice opens",
            trigger: ".o_statusbar_buttons button[name='action_post']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Posted)",
        },
    ],
});
