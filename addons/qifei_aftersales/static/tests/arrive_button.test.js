import {expect, test} from "@odoo/hoot";
import {animationFrame} from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class WorkOrder extends models.Model {
    _name = "qifei.work.order";

    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["en_route", "On the way"],
            ["on_site", "On site"],
        ],
    });

    _records = [{id: 1, name: "WO1", state: "en_route"}];
}

defineMailModels();
defineModels([WorkOrder]);

async function mountOrder(getCurrentPosition) {
    patchWithCleanup(navigator, {
        geolocation: getCurrentPosition && {getCurrentPosition},
    });
    onRpc("action_arrive", function ({args, kwargs}) {
        const {latitude, longitude, accuracy} = kwargs;
        expect.step(`arrive ${args[0]} ${latitude} ${longitude} ${accuracy}`);
        this.env["qifei.work.order"].write(args[0], {state: "on_site"});
        return true;
    });
    await mountView({
        type: "form",
        resModel: "qifei.work.order",
        resId: 1,
        arch: `
            <form>
                <header><widget name="qifei_arrive_button"/></header>
                <field name="name"/>
                <field name="state" invisible="1"/>
            </form>`,
    });
}

test.tags("desktop");
test("arriving sends the position of the device", async () => {
    await mountOrder((resolve) =>
        resolve({coords: {latitude: 31.2, longitude: 121.5, accuracy: 12}})
    );
    expect(".o_qifei_arrive").toHaveClass("btn-primary");
    await contains(".o_qifei_arrive").click();
    expect.verifySteps(["arrive 1 31.2 121.5 12"]);
});

test.tags("desktop");
test("a refused position does not keep the engineer from arriving", async () => {
    await mountOrder((_resolve, reject) => reject(new Error("denied")));
    await contains(".o_qifei_arrive").click();
    await animationFrame();
    expect.verifySteps(["arrive 1 undefined undefined undefined"]);
    expect(".o_notification").toHaveCount(1);
});

test.tags("desktop");
test("what was typed is saved before arriving", async () => {
    onRpc("web_save", ({args}) => {
        expect.step(`save ${args[1].name}`);
    });
    await mountOrder((resolve) =>
        resolve({coords: {latitude: 1, longitude: 2, accuracy: 3}})
    );
    await contains(".o_field_widget[name=name] input").edit("WO2");
    await contains(".o_qifei_arrive").click();
    expect.verifySteps(["save WO2", "arrive 1 1 2 3"]);
});
