import {registry} from "@web/core/registry";

const COORDS = {latitude: 31.2404, longitude: 121.4737, accuracy: 12};

/** Fail when the page is wider than the screen, or a button too small for a thumb. */
function checkPhone() {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth} px wide on ${clientWidth} px.`);
    }
    for (const buttonEl of document.querySelectorAll(".o_qifei_day_page .btn")) {
        const {height} = buttonEl.getBoundingClientRect();
        if (height && height < 44 && !buttonEl.matches(".btn-sm, .btn-link")) {
            throw new Error(`${buttonEl.textContent.trim()} is ${height} px high.`);
        }
    }
}

/**
 * The engineer accepts, agrees to share his position, sets off and arrives, all with one
 * thumb on the page of his day.
 */
registry.category("web_tour.tours").add("qifei_dispatch_day", {
    steps: () => [
        {
            trigger: ".o_qifei_day_current .o_qifei_day_step[data-step='accept']",
            run: checkPhone,
        },
        {
            content: "the way opens in the chosen map application",
            trigger: ".o_qifei_day_current a[href^='https://uri.amap.com/navigation']",
        },
        {
            trigger: ".o_qifei_day_current .o_qifei_day_apps",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(OpenStreetMap)",
            run: "click",
        },
        {
            trigger: ".o_qifei_day_current a[href^='https://www.openstreetmap.org']",
        },
        {
            trigger: ".o_qifei_day_current .o_qifei_day_step[data-step='accept']",
            run: "click",
        },
        {
            trigger: ".o_qifei_day_step[data-step='depart']",
        },
        {
            trigger: ".o_qifei_day_sharing input:not(:checked)",
            run: "click",
        },
        {
            trigger: ".o_qifei_day_sharing input:checked:enabled",
        },
        {
            content: "set off, with a phone that knows where it is",
            trigger: ".o_qifei_day_step[data-step='depart']:enabled",
            run: ({anchor}) => {
                const {geolocation} = navigator;
                geolocation.watchPosition = (found) => {
                    found({coords: COORDS});
                    return 7;
                };
                geolocation.clearWatch = () => {};
                geolocation.getCurrentPosition = (found) => found({coords: COORDS});
                anchor.click();
            },
        },
        {
            content: "the customer sees the engineer now",
            trigger: ".o_qifei_day_sharing:contains(The customer sees where you are)",
            run: checkPhone,
        },
        {
            trigger: ".o_qifei_day_order:contains(You arrive about)",
        },
        {
            trigger: ".o_qifei_day_step[data-step='arrive']:enabled",
            run: "click",
        },
        {
            content: "there, so nothing is shared any more",
            trigger: ".o_qifei_day_step[data-step='open']",
        },
        {
            trigger: ".o_qifei_day_sharing:contains(Only from setting off)",
        },
        {
            content: "another day is empty",
            trigger: ".o_qifei_day_head button:last",
            run: "click",
        },
        {
            trigger: ".o_qifei_day_empty",
        },
        {
            trigger: ".o_qifei_day_head button:contains(Back to today)",
            run: "click",
        },
        {
            trigger: ".o_qifei_day_step[data-step='open']:enabled",
            run: "click",
        },
        {
            content: "the record of the visit",
            trigger: ".o_form_view button[name='action_complete']",
        },
    ],
});
