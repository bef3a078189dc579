import {
    MockServer,
    defineModels,
    fields,
    getService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {queryAll, runAllTimers, waitUntil} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class WorkOrder extends models.Model {
    _name = "qifei.work.order";

    name = fields.Char();

    _records = [{id: 1, name: "WO1"}];
}

defineMailModels();
defineModels([WorkOrder]);

const ARCHS = {
    kanban: `
        <kanban js_class="qifei_dispatch_pool_kanban">
            <templates><t t-name="card"><field name="name"/></t></templates>
        </kanban>`,
    list: `<list js_class="qifei_dispatch_pool_list"><field name="name"/></list>`,
};
const ROWS = {
    kanban: ".o_kanban_record:not(.o_kanban_ghost)",
    list: ".o_data_row",
};

function waitForRows(type, count) {
    return waitUntil(() => queryAll(ROWS[type]).length === count, {timeout: 5000});
}

function tellPool() {
    MockServer.env["bus.bus"]._sendone("broadcast", "qifei_dispatch.pool", {});
}

for (const type of ["kanban", "list"]) {
    test.tags("desktop");
    test(`the ${type} of the pool shows what is new, not what is gone`, async () => {
        await mountView({type, resModel: "qifei.work.order", arch: ARCHS[type]});
        expect(ROWS[type]).toHaveCount(1);
        getService("bus_service").start();
        await runAllTimers();
        MockServer.env["qifei.work.order"].create({name: "WO2"});
        // Many changes at the same time load the page once.
        tellPool();
        tellPool();
        await waitForRows(type, 2);
        MockServer.env["qifei.work.order"].unlink([1]);
        tellPool();
        await waitForRows(type, 1);
        expect(ROWS[type]).toHaveText(/WO2/);
    });
}
