import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useState,
} from "@odoo/owl";
import {MAP_APPS, getMapApp, getWayUrl, setMapApp} from "./map_apps";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const REFRESH_MILLISECONDS = 120000;
const ARRIVE_OPTIONS = {enableHighAccuracy: true, timeout: 10000, maximumAge: 60000};

/** The engineer's day on his phone: where to go next, how, and with what. */
export class DayPage extends Component {
    static template = "qifei_dispatch.DayPage";
    static components = {Dropdown, DropdownItem};
    static props = {...standardActionServiceProps};
    static path = "my-day";
    static displayName = _t("My day");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.position = useService("qifei_position");
        this.sharing = useState(this.position.state);
        this.keepLast = new KeepLast();
        this.state = useState({day: null, isBusy: false, mapApp: getMapApp()});
        this.mapApps = Object.entries(MAP_APPS).map(([key, app]) => ({
            key,
            label: app.label,
        }));
        onWillStart(() => this.load(this.props.action.params?.date));
        onMounted(() => {
            this.timer = browser.setInterval(() => this.reload(), REFRESH_MILLISECONDS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
        useExternalListener(document, "visibilitychange", () => this.reload());
    }

    // --- data ---

    async load(date = false) {
        this.state.day = await this.keepLast.add(
            this.orm.call("qifei.engineer", "get_my_day", [date || false])
        );
        if (
            this.day.is_sharing &&
            this.day.orders.some((order) => order.state === "en_route")
        ) {
            this.position.begin();
        } else {
            this.position.stop();
        }
    }

    async reload() {
        if (!document.hidden && !this.state.isBusy) {
            await this.load(this.day.is_today ? false : this.day.date);
        }
    }

    get day() {
        return this.state.day;
    }

    get openOrders() {
        return this.day.orders.filter((order) => !order.is_done);
    }

    get doneOrders() {
        return this.day.orders.filter((order) => order.is_done);
    }

    get toAccept() {
        return this.openOrders.filter((order) => order.step === "accept");
    }

    /** The order whose next step is the big button: what was begun, or the first. */
    get current() {
        return (
            this.openOrders.find((order) =>
                ["en_route", "on_site"].includes(order.state)
            ) ||
            this.openOrders.find((order) => order.state !== "on_hold") ||
            null
        );
    }

    get title() {
        return deserializeDate(this.day.date).toLocaleString({
            weekday: "long",
            month: "long",
            day: "numeric",
        });
    }

    get summary() {
        return this.doneOrders.length
            ? _t("%(open)s to do, %(done)s done", {
                  open: this.openOrders.length,
                  done: this.doneOrders.length,
              })
            : _t("%s to do", this.openOrders.length);
    }

    // --- days ---

    goTo(days) {
        const date = deserializeDate(this.day.date).plus({days});
        return this.load(serializeDate(date));
    }

    goToday() {
        return this.load();
    }

    // --- steps ---

    /** What happens by the big button of an order. */
    stepIcon(order) {
        return (
            {accept: "fa-check", depart: "fa-car", arrive: "fa-map-marker"}[
                order.step
            ] || "fa-pencil"
        );
    }

    stepLabel(order) {
        return order.step ? order.step_label : _t("Open the record");
    }

    isMain(order) {
        return this.current && order.id === this.current.id;
    }

    takeStep(order) {
        if (!order.step) {
            return this.open(order);
        }
        return this.run(async () => {
            const kwargs = order.step === "arrive" ? await this.locate() : {};
            await this.orm.call(
                "qifei.work.order",
                `action_${order.step}`,
                [[order.id]],
                kwargs
            );
        });
    }

    acceptAll() {
        return this.run(() =>
            this.orm.call("qifei.work.order", "action_accept", [
                this.toAccept.map((order) => order.id),
            ])
        );
    }

    /** Do something once, however often it is tapped, and show what came of it. */
    async run(step) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            await step();
        } finally {
            this.state.isBusy = false;
            await this.reload();
        }
    }

    /** Resolves to the arguments of `action_arrive`, empty when there is no position. */
    async locate() {
        const {geolocation} = browser.navigator;
        if (!geolocation) {
            return {};
        }
        try {
            const {coords} = await new Promise((resolve, reject) =>
                geolocation.getCurrentPosition(resolve, reject, ARRIVE_OPTIONS)
            );
            return {
                latitude: coords.latitude,
                longitude: coords.longitude,
                accuracy: coords.accuracy,
            };
        } catch {
            this.notification.add(
                _t("Checked in without a position: your device did not give one."),
                {type: "warning"}
            );
            return {};
        }
    }

    // --- sharing ---

    async setSharing(ev) {
        const isShared = ev.target.checked;
        await this.run(() =>
            this.orm.call("qifei.engineer", "set_my_position_sharing", [isShared])
        );
    }

    get sharingText() {
        if (this.sharing.isDenied) {
            return _t(
                "Your device does not tell its position. Allow it in the settings of " +
                    "the browser."
            );
        }
        if (this.sharing.isActive) {
            return _t("The customer sees where you are until you arrive.");
        }
        return _t(
            "Only from setting off to arriving, and only in working hours. Kept for " +
                "30 days."
        );
    }

    // --- ways out ---

    wayUrl(order) {
        return getWayUrl(this.state.mapApp, order);
    }

    chooseMapApp(key) {
        setMapApp(key);
        this.state.mapApp = key;
    }

    open(order) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "qifei.work.order",
            res_id: order.id,
            views: [[false, "form"]],
        });
    }

    openPool() {
        return this.action.doAction("qifei_dispatch.qifei_work_order_action_pool");
    }
}

registry.category("actions").add("qifei_dispatch.day", DayPage);
