import {registry} from "@web/core/registry";

import {checkWidth, drawSignature} from "./tour_helpers";

const tours = registry.category("web_tour.tours");

/**
 * The customer finds the visit in the portal and accepts the estimate.
 */
tours.add("qifei_portal_main_job_estimate", {
    url: "/my/tickets",
    steps: () => [
        {
            trigger: ".o_qifei_list .o_qifei_row:contains(Test visit)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_row_task:contains(Please answer the estimate)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_engineer:contains(Edith Miller)",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_charges:contains(A test repair)",
        },
        {
            trigger: ".o_qifei_estimate canvas.o_web_sign_signature",
            run: ({anchor}) => drawSignature(anchor),
        },
        {
            trigger: ".o_qifei_estimate .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_flash[data-done='accepted']",
        },
    ],
});

/**
 * The customer checks the work, signs on the phone and rates the visit.
 */
tours.add("qifei_portal_main_job_sign_and_rate", {
    steps: () => [
        {
            trigger: ".o_qifei_live a:contains(Check the work and sign)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_card:contains(The fan bearing was worn)",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_sign canvas.o_web_sign_signature",
            run: ({anchor}) => drawSignature(anchor),
        },
        {
            trigger: ".o_qifei_sign .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_flash[data-done='signed']",
        },
        {
            trigger: "label[for='qifei_star_5']",
            run: "click",
        },
        {
            trigger: "#qifei_remark",
            run: "edit Quick, friendly and clean",
        },
        {
            trigger: ".o_qifei_rate button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_flash[data-done='rated']",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_stars[aria-label='5.0 / 5']",
        },
    ],
});
