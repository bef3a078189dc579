import {registry} from "@web/core/registry";

import {checkWidth, takePhoto} from "./tour_helpers";

const tours = registry.category("web_tour.tours");
const NO_DIALOG = "body:not(:has(.modal))";
const OLD_PART = ".o_kanban_record:not(.o_kanban_ghost)";

/**
 * The engineer stands at the machine, lacks three motors, asks for them and waits.
 */
tours.add("qifei_parts_job_ask", {
    steps: () => [
        {
            trigger: ".nav-link[name='parts']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='part_ids'] .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='product_id'] input",
            run: "click",
        },
        {
            content: "choose the part in the list of the phone",
            trigger: ".modal .o_kanban_record:contains(Motor ZX7)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='quantity'] input",
            run: "edit 3",
        },
        {
            trigger: ".modal .o_form_button_save:eq(0)",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_field_widget[name='part_ids'] .o_kanban_record:contains(Motor ZX7)`,
            run: checkWidth,
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name='action_request_parts']",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains(Request)",
            run: "click",
        },
        {
            content: "the order waits and says what for",
            trigger: ".alert:contains(On hold):contains(Motor ZX7)",
            run: checkWidth,
        },
    ],
});

/**
 * Two motors arrive at the van, one of them broken: the photo goes with the count.
 */
tours.add("qifei_parts_job_receive_damaged", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Motor ZX7)",
            run: "click",
        },
        {
            trigger: "button[name='action_open_receive']",
            run: "click",
        },
        {
            content: "one card for each piece with its number",
            trigger: ".modal .o_kanban_record:contains(FM-2)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='damaged'] input",
            run: "edit 1 && press Tab",
        },
        {
            content: "what is damaged is not good",
            trigger: ".modal .o_field_widget[name='good'] input:value(/^0/)",
        },
        {
            trigger:
                ".modal .o_field_widget[name='photo_ids'] input[type='file']:not(:visible)",
            run: ({anchor}) => takePhoto(anchor),
        },
        {
            trigger:
                ".modal .o_field_widget[name='photo_ids'] .o_attachment:contains(damage)",
            run: checkWidth,
        },
        {
            trigger: ".modal .o_field_widget[name='note'] input",
            run: "edit The housing is cracked",
        },
        {
            trigger: ".modal .o_form_button_save:eq(0)",
            run: "click",
        },
        {
            trigger: ".modal .o_kanban_record:contains(FM-2):contains(Damaged)",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .alert-warning:contains(settled)`,
            run: checkWidth,
        },
        {
            content: "nothing else can be counted now",
            trigger: ".o_form_view:not(:has(button[name='action_open_receive']))",
        },
    ],
});

/**
 * The replacement and the back order arrive: all good, the order goes on.
 */
tours.add("qifei_parts_job_receive_rest", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Motor ZX7)",
            run: "click",
        },
        {
            trigger: "button[name='action_open_receive']",
            run: "click",
        },
        {
            trigger: ".modal .o_kanban_record:contains(FM-4)",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_form_view:not(:has(button[name='action_open_receive']))`,
        },
    ],
});

/**
 * On the second visit the motors go into the machine; an old piece has a number, too.
 */
tours.add("qifei_parts_job_use", {
    steps: () => [
        {
            trigger: "button[name='action_depart']",
            run: "click",
        },
        {
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
            trigger: ".nav-link[name='parts']",
            run: "click",
        },
        {
            trigger: "button[name='action_use_parts']",
            run: "click",
        },
        {
            content: "the three pieces in the van are filled in",
            trigger: ".modal .o_qifei_book_line:eq(2) .o_qifei_serial:value(FM-4)",
            run: checkWidth,
        },
        {
            trigger: ".modal .o_qifei_book_line:eq(0) .o_qifei_old_serial",
            run: "edit OLD-1 && press Tab",
        },
        {
            trigger: ".modal button[name='action_book']:visible",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_field_widget[name='part_ids'] .o_kanban_record:contains(Used)`,
        },
        {
            trigger: ".nav-link[name='record']",
            run: "click",
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
            run: "edit The fan motors were worn; all three replaced.",
        },
        {
            trigger: "button[name='action_complete']",
            run: "click",
        },
        {
            trigger: "button[name='action_ask_signature']",
        },
    ],
});

/**
 * The old motors go back to the warehouse.
 */
tours.add("qifei_parts_job_return_old", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(OLD-1) button[name='action_return']",
            run: "click",
        },
        {
            trigger: `.o_kanban_view:not(:has(${OLD_PART}:contains(OLD-1))) ${OLD_PART}:eq(0) button[name='action_return']`,
            run: "click",
        },
        {
            trigger: `.o_kanban_view:not(:has(${OLD_PART}:eq(1))) ${OLD_PART}:eq(0) button[name='action_return']`,
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains(You owe no old parts)",
            run: checkWidth,
        },
    ],
});

/**
 * At the end of the month the engineer counts his van and confirms.
 */
tours.add("qifei_parts_job_count_van", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Edith Miller)",
            run: "click",
        },
        {
            trigger: "button[name='action_open_count']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_count_all']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_statusbar_buttons button[name='action_confirm_as_holder']`,
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains(Ok)",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_field_widget[name='holder_confirmed_by_id']:contains(Edith Miller)`,
            run: checkWidth,
        },
    ],
});
