import {advanceTime, expect, test} from "@odoo/hoot";
import {
    MockServer,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Run extends models.Model {
    _name = "test.run";

    state = fields.Selection({
        selection: [
            ["queued", "Waiting"],
            ["running", "Being planned"],
            ["planned", "Proposal"],
        ],
    });
    progress = fields.Float();

    _records = [{id: 1, state: "queued", progress: 0}];
}

defineMailModels();
defineModels([Run]);

async function mountRun() {
    await mountView({
        type: "form",
        resModel: "test.run",
        resId: 1,
        arch: `
            <form>
                <field name="state"/>
                <field name="progress" widget="qifei_dispatch_run_progress"/>
            </form>`,
    });
}

test.tags("desktop");
test("a plan at work is read again until it is there", async () => {
    const answers = [
        {state: "running", progress: 40},
        {state: "planned", progress: 100},
    ];
    onRpc("test.run", "web_read", () => {
        expect.step("read");
    });
    await mountRun();
    expect.verifySteps(["read"]);
    expect(".o_qifei_run_progress").toHaveText("Waiting for its turn");
    MockServer.env["test.run"].write([1], answers[0]);
    await advanceTime(2100);
    expect.verifySteps(["read"]);
    expect(".o_qifei_run_progress").toHaveText("40 %");
    expect(".o_qifei_run_progress .progress").toHaveAttribute("aria-valuenow", "40");
    MockServer.env["test.run"].write([1], answers[1]);
    await advanceTime(2100);
    expect.verifySteps(["read"]);
    expect(".o_qifei_run_progress").toHaveCount(0);
    await advanceTime(10000);
    expect.verifySteps([]);
});
