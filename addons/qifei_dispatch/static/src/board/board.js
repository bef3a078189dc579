import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {Layout} from "@web/search/layout";
import {SelectMenu} from "@web/core/select_menu/select_menu";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useBus, useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {user} from "@web/core/user";
import {registry} from "@web/core/registry";
import {router} from "@web/core/browser/router";
import {BoardDrag} from "./board_drag";
import {BoardKeys} from "./board_keys";
import {BoardModel} from "./board_model";
import {BoardMap} from "./board_map/board_map";
import {addDays, isDay, longDay, today} from "./clock";
import {EngineerList} from "./engineer_list/engineer_list";
import {loadChoices} from "./memory";
import {OrderPanel} from "./order_panel/order_panel";
import {Timeline} from "./timeline/timeline";
import {Unplanned} from "./unplanned/unplanned";

const NOTICE = "qifei_dispatch.board";
const TICK = 30000;
const CHANGE_DELAY = 250;
const ZOOMS = [1, 1.5, 2, 3];

/** The dispatch board: who does what when, to be seen and to be changed. */
export class DispatchBoard extends Component {
    static template = "qifei_dispatch.Board";
    static components = {
        BoardMap,
        EngineerList,
        Layout,
        OrderPanel,
        SelectMenu,
        Timeline,
        Unplanned,
    };
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.busService = useService("bus_service");
        this.searchRef = useRef("search");
        this.root = useRef("root");
        const asked = [router.current.date, this.props.action.params?.date].find(isDay);
        this.model = useState(
            new BoardModel(
                {
                    orm: useService("orm"),
                    notification: useService("notification"),
                    confirm: (body) =>
                        this.ask(_t("Already accepted"), body, _t("Move it")),
                    doAction: (action) => this.action.doAction(action),
                },
                loadChoices(),
                asked || today()
            )
        );
        this.state = useState({
            tab: "engineers",
            showKeys: false,
            showFilters: false,
        });
        this.drag = new BoardDrag(this.model);
        this.keys = new BoardKeys(this);
        this.searchSoon = useDebounced((text) => this.model.search(text), 150);
        onWillStart(() => this.model.load());
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        this.listen();
        onMounted(() => {
            this.timer = setInterval(() => {
                this.model.tick();
                this.model.loadPositions();
            }, TICK);
        });
        onWillUnmount(() => {
            clearInterval(this.timer);
            if (this.drag.held) {
                this.drag.cancel();
            }
        });
        useEffect(
            (day) => {
                this.props.updateActionState?.({date: day});
            },
            () => [this.model.date]
        );
    }

    /** Hear what others change; several changes in a row are read once. */
    listen() {
        let waiting = [];
        const showSoon = useDebounced(() => {
            const orderIds = waiting;
            waiting = [];
            this.model.onChanges({order_ids: orderIds});
        }, CHANGE_DELAY);
        const onNotice = ({company_id: companyId, order_ids: orderIds}) => {
            if (companyId === user.activeCompany.id) {
                waiting.push(...orderIds);
                showSoon();
            }
        };
        this.busService.subscribe(NOTICE, onNotice);
        onMounted(() => this.busService.start());
        onWillUnmount(() => this.busService.unsubscribe(NOTICE, onNotice));
        // What happened while the line was cut is not told again.
        useBus(this.busService, "BUS:RECONNECT", () => this.model.load());
    }

    get display() {
        return {controlPanel: {}};
    }

    get title() {
        return longDay(this.model.date);
    }

    /** The time zone of the board, when the user lives in another one. */
    get foreignZone() {
        const {timezone} = this.model.board;
        const here = luxon.Settings.defaultZone.name;
        return timezone === here ? "" : timezone;
    }

    get zoom() {
        return ZOOMS.indexOf(this.model.choices.zoom);
    }

    get areaChoices() {
        return this.model.board.areas.map(({id, name}) => ({value: id, label: name}));
    }

    get skillChoices() {
        return this.model.board.skills.map(({id, name}) => ({value: id, label: name}));
    }

    namesOf(kind, ids) {
        return ids
            .map((id) => this.model.board[kind].find((one) => one.id === id)?.name)
            .filter(Boolean)
            .join(", ");
    }

    // === FILTERS === //

    go(days) {
        this.setDay(addDays(this.model.date, days));
    }

    setDay(date) {
        if (isDay(date) && date !== this.model.date) {
            this.model.date = date;
            this.model.load();
        }
    }

    goToday() {
        this.setDay(today(this.model.board.timezone));
    }

    choose(name, ids) {
        this.model.setChoice(name, ids);
        this.model.load();
    }

    changeZoom(step) {
        const zoom = ZOOMS[this.zoom + step];
        if (zoom) {
            this.model.setChoice("zoom", zoom);
        }
    }

    toggle(name) {
        this.model.setChoice(name, !this.model.choices[name]);
    }

    // === ACTIONS === //

    ask(title, body, confirmLabel) {
        return new Promise((resolve) =>
            this.dialog.add(
                ConfirmationDialog,
                {
                    title,
                    body,
                    confirmLabel,
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                {onClose: () => resolve(false)}
            )
        );
    }

    openOrder(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "qifei.work.order",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openEngineer(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "qifei.engineer",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** The engineer goes home: his day is planned anew, to be looked at and published. */
    async sendHome({id, name}) {
        const isSure = await this.ask(
            _t("Out for the rest of the day"),
            _t(
                "%s gets no more visits today, and a plan for the others is proposed.",
                name
            ),
            _t("Plan anew")
        );
        if (isSure) {
            await this.model.callRecord("qifei.engineer", id, "action_out");
        }
    }

    plan() {
        const {date, choices} = this.model;
        return this.action.doAction("qifei_dispatch.qifei_dispatch_run_action", {
            viewType: "form",
            additionalContext: {
                default_date_from: date,
                default_date_to: date,
                default_area_ids: choices.areaIds,
            },
        });
    }

    onKeydown(ev) {
        if (this.ui.activeElement === document || this.ui.activeElement === undefined) {
            this.keys.onKeydown(ev);
        }
    }
}

registry.category("actions").add("qifei_dispatch.board", DispatchBoard);
