import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const NO_DIALOG = "body:not(:has(.modal))";

/**
 * The manager approves what the engineer asks for.
 */
tours.add("qifei_parts_job_approve", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Edith Miller) .o_data_cell[name='name']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_approve']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(To ship)",
        },
    ],
});

/**
 * The parts keeper has a carrier take two of the three, the third waits.
 */
tours.add("qifei_parts_job_ship_two", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Motor ZX7) .o_data_cell[name='name']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_open_ship']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='carrier_id'] input",
            run: "edit Swallow",
        },
        {
            trigger: ".modal .dropdown-item:contains(Swallow Express)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='tracking'] input",
            run: "edit SW-77001",
        },
        {
            trigger: ".modal .o_data_row .o_data_cell[name='quantity']",
            run: "click",
        },
        {
            trigger: ".modal .o_selected_row .o_field_widget[name='quantity'] input",
            run: "edit 2",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_arrow_button_current:contains(On the way)`,
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_ship_more']",
        },
    ],
});

/**
 * The parts keeper takes the broken motor back and ships a new one with the third.
 */
tours.add("qifei_parts_job_settle_and_ship", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name='action_open_discrepancies']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_open_settle']",
            run: "click",
        },
        {
            content: "the photo of the engineer is there",
            trigger: ".modal .o_field_widget[name='photo_ids'] .o_attachment",
        },
        {
            trigger:
                ".modal .o_field_widget[name='damaged_settlement'] input[data-value='defective']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='replace'] input",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_arrow_button_current:contains(Settled)`,
        },
        {
            trigger: ".o_breadcrumb .o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_ship_more']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='tracking'] input",
            run: "edit SW-77002",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_form_view:not(:has(button[name='action_ship_more']))`,
        },
    ],
});

/**
 * Select the three old motors in the list.
 */
function selectMotors() {
    return [0, 1, 2].map((index) => ({
        trigger: `.o_data_row:contains(Motor ZX7):eq(${index}) .o_list_record_selector input:not(:checked)`,
        run: "click",
    }));
}

/**
 * The parts keeper receives the old motors, looks at them and scraps them.
 */
tours.add("qifei_parts_job_inspect_old", {
    steps: () => [
        ...selectMotors(),
        {
            trigger: ".o_control_panel button[name='action_hand_in']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(OLD-1):contains(To inspect)",
        },
        ...selectMotors(),
        {
            trigger: ".o_control_panel button[name='action_open_inspect']",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name='disposition'] input[data-value='scrap']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='note'] textarea",
            run: "edit Bearings worn out",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_list_view:not(:has(.o_data_row:contains(OLD-1)))`,
        },
    ],
});

/**
 * The parts keeper approves and ships what the service point asks for.
 */
tours.add("qifei_parts_job_supply_point", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button[name='action_approve']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_open_ship']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_arrow_button_current:contains(On the way)`,
        },
    ],
});

/**
 * The month is over: the parts keeper draws up the statements and sends them.
 */
tours.add("qifei_parts_job_draw_up", {
    steps: () => [
        {
            trigger:
                ".o_list_buttons button:contains(Draw up a month), .o_control_panel button:contains(Draw up a month)",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_draw_up']",
            run: "click",
        },
        {
            trigger: `${NO_DIALOG} .o_data_row:contains(Edith Miller)`,
        },
        {
            trigger:
                ".o_data_row:contains(Harbour Service) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Edith Miller) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name='action_send']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Edith Miller):contains(To confirm)",
        },
        {
            trigger: ".o_data_row:contains(Harbour Service):contains(To confirm)",
        },
    ],
});

/**
 * The manager confirms the statements for the company.
 */
tours.add("qifei_parts_job_confirm", {
    steps: () => [
        ...confirmStatement("Edith Miller"),
        {
            trigger: ".o_breadcrumb .o_back_button a",
            run: "click",
        },
        ...confirmStatement("Harbour Service"),
    ],
});

/**
 * Open the statement of a holder from the list and confirm it.
 */
function confirmStatement(holder) {
    return [
        {
            trigger: `.o_data_row:contains(${holder}) .o_data_cell[name='name']`,
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Confirmed)",
        },
    ];
}
