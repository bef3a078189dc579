import {registry} from "@web/core/registry";

import {checkWidth} from "./tour_helpers";

const tours = registry.category("web_tour.tours");

/**
 * A service partner asks for two seals on his phone.
 */
tours.add("qifei_parts_job_partner_ask", {
    steps: () => [
        {
            trigger: "a[href='/my/part-requests/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#qifei_part_term",
            run: "edit seal zx",
        },
        {
            trigger: ".o_qifei_parts_found button:contains(Seal ZX7)",
            run: "click",
        },
        {
            trigger: ".o_qifei_parts_rows li:contains(Seal ZX7) input",
            run: "edit 2",
        },
        {
            trigger: "#qifei_request_note",
            run: "edit For the coolers of the harbour",
        },
        {
            trigger: ".o_qifei_parts_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success[data-done='submitted']",
            run: checkWidth,
        },
    ],
});

/**
 * He counts what the carrier brings.
 */
tours.add("qifei_parts_job_partner_receive", {
    steps: () => [
        {
            trigger: ".list-group-item:contains(Seal ZX7)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_qifei_parts_receive input[name^='good_']:value(2)",
            run: checkWidth,
        },
        {
            trigger: ".o_qifei_parts_receive button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success[data-done='received']",
            run: checkWidth,
        },
    ],
});

/**
 * He counts his shelf: one is not found at once, so nobody can confirm; then it is.
 */
tours.add("qifei_parts_job_partner_confirm", {
    steps: () => [
        {
            trigger: ".list-group-item:contains(To confirm)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "li:contains(Seal ZX7) input[name^='counted_']",
            run: "edit 1",
        },
        {
            trigger: "form[action$='/count'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success[data-done='counted']",
            run: checkWidth,
        },
        {
            content: "a difference cannot be confirmed away",
            trigger:
                "main:not(:has(form[action$='/confirm'])) .alert-info:contains(what was counted differs)",
            run: checkWidth,
        },
        {
            trigger: "li:contains(Seal ZX7) input[name^='counted_']",
            run: "edit 2",
        },
        {
            trigger: "form[action$='/count'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success[data-done='counted']",
        },
        {
            trigger: "form[action$='/confirm'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success[data-done='confirmed']",
            run: checkWidth,
        },
    ],
});
