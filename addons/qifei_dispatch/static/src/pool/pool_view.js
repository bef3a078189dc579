import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {onMounted, onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useDebounced} from "@web/core/utils/timing";
import {useBus, useService} from "@web/core/utils/hooks";

const BUS_POOL = "qifei_dispatch.pool";
// Many offers and withdrawals at the same time are one change of the page.
const WAIT_MS = 300;

/**
 * Loads the page anew whenever an order comes into the pool or leaves it.
 *
 * @param {Object} controller the controller of a list or kanban view
 */
export function usePoolRefresh(controller) {
    const bus = useService("bus_service");
    const reload = useDebounced(() => controller.model.load(), WAIT_MS);
    onMounted(() => {
        bus.subscribe(BUS_POOL, reload);
        bus.start();
    });
    onWillUnmount(() => bus.unsubscribe(BUS_POOL, reload));
    // A phone that was asleep has missed what happened.
    useBus(bus, "BUS:RECONNECT", reload);
}

export class PoolKanbanController extends KanbanController {
    setup() {
        super.setup();
        usePoolRefresh(this);
    }
}

export class PoolListController extends ListController {
    setup() {
        super.setup();
        usePoolRefresh(this);
    }
}

registry.category("views").add("qifei_dispatch_pool_kanban", {
    ...kanbanView,
    Controller: PoolKanbanController,
});
registry.category("views").add("qifei_dispatch_pool_list", {
    ...listView,
    Controller: PoolListController,
});
