import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/**
 * The engineer accepts, drives, arrives, records what he finds and sends the estimate,
 * all on his phone.
 */
tours.add("qifei_portal_main_job_engineer", {
    steps: () => [
        {
            trigger: "button[name='action_accept']",
            run: "click",
        },
        {
            trigger: "button[name='action_depart']",
            run: "click",
        },
        {
            content: "arrive, with the position of the phone",
            trigger: "button.o_qifei_arrive.btn-primary",
            run: ({anchor}) => {
                const coords = {latitude: 31.2304, longitude: 121.4737, accuracy: 12};
                navigator.geolocation.getCurrentPosition = (found) => found({coords});
                anchor.click();
            },
        },
        {
            content: "on site",
            trigger: "button[name='action_complete']",
        },
        {
            trigger: ".o_field_widget[name='result'] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Solved):eq(0)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='diagnosis'] textarea",
            run: "edit The fan bearing was worn; bearing replaced.",
        },
        {
            trigger: ".nav-link[name='charges']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='line_ids'] .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='product_id'] input",
            run: "click",
        },
        {
            content: "choose the service item in the list of the phone",
            trigger: ".modal .o_kanban_record:contains(A test repair)",
            run: "click",
        },
        {
            content: "it is not covered by a warranty",
            trigger: ".modal .o_field_widget[name='price_unit'] input:value(250.00)",
        },
        {
            trigger: ".modal .o_form_button_save:eq(0)",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name='line_ids'] .o_kanban_record:contains(A test repair)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[title='More']",
            run: "click",
        },
        {
            trigger: ".o_bottom_sheet button[name='action_send_estimate']",
            run: "click",
        },
        {
            trigger: ".alert-info:contains(has not answered the estimate)",
        },
    ],
});

tours.add("qifei_portal_main_job_complete", {
    steps: () => [
        {
            trigger: "button[name='action_complete']",
            run: "click",
        },
        {
            content: "the work is done and waits for the signature",
            trigger: "button[name='action_ask_signature']",
        },
    ],
});
