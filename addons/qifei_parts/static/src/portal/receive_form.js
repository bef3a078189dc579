import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * Asks for the photo as soon as something is counted as damaged or wrong.
 */
export class PartReceiveForm extends Interaction {
    static selector = ".o_qifei_parts_receive";
    dynamicContent = {
        "input[name^='damaged_'], input[name^='wrong_']": {"t-on-input": this.onInput},
    };

    onInput(ev) {
        if (Number(ev.target.value) > 0) {
            ev.target.closest("fieldset").querySelector("details").open = true;
        }
    }
}

registry
    .category("public.interactions")
    .add("qifei_parts.receive_form", PartReceiveForm);
