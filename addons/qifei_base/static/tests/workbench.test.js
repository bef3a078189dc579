import {expect, test} from "@odoo/hoot";
import {press, queryAllTexts} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {
    contains,
    defineActions,
    getService,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {session} from "@web/session";
import {WebClient} from "@web/webclient/webclient";
import {AnnouncementBanner} from "@qifei_base/announcement_banner/announcement_banner";

defineMailModels();

const CARDS = [
    {
        id: "mine",
        title: "My open work",
        icon: "fa-wrench",
        count: 7,
        sequence: 10,
        action: "qifei_base.some_action",
        domain: [["user_id", "=", 2]],
        context: {from_workbench: 1},
        color: "danger",
        items: [
            {
                title: "WO1",
                subtitle: "Fridge",
                model: "res.partner",
                id: 3,
                badge: "Late",
                badge_color: "danger",
            },
        ],
        empty: "",
    },
    {
        id: "rest",
        title: "Rest",
        icon: "fa-coffee",
        count: 0,
        sequence: 20,
        action: false,
        domain: [],
        context: {},
        color: "warning",
        items: [],
        empty: "All done.",
    },
];

async function mountWorkbench(cards = CARDS) {
    onRpc("qifei.workbench", "get_cards", () => {
        expect.step("get_cards");
        return cards;
    });
    defineActions([
        {
            id: 1,
            name: "Workbench",
            type: "ir.actions.client",
            tag: "qifei_base.workbench",
        },
    ]);
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
}

test("cards show count, items, badge and the empty sentence", async () => {
    await mountWorkbench();
    expect(queryAllTexts(".o_qifei_workbench_card h2")).toEqual([
        "My open work",
        "Rest",
    ]);
    expect(queryAllTexts(".o_qifei_workbench_count")).toEqual(["7", "0"]);
    expect(".o_qifei_workbench_item").toHaveCount(1);
    expect(".o_qifei_workbench_item .badge").toHaveText("Late");
    expect(".o_qifei_workbench_item .badge").toHaveClass("text-bg-danger");
    expect("[data-card=rest]").toHaveText(/All done\./);
    // No work waits in the second card: it has no accent and no way to a list.
    expect("[data-card=mine]").toHaveClass("o_qifei_accent_danger");
    expect("[data-card=rest]").not.toHaveClass("o_qifei_accent_warning");
    expect("[data-card=rest] button").toHaveCount(0);
    expect("[data-card=mine] .o_qifei_workbench_all").toHaveCount(1);
    expect.verifySteps(["get_cards"]);
});

test("no cards show help", async () => {
    await mountWorkbench([]);
    expect(".o_nocontent_help").toHaveCount(1);
    expect.verifySteps(["get_cards"]);
});

test("refresh asks again", async () => {
    await mountWorkbench();
    await contains(".o_qifei_workbench_refresh").click();
    expect.verifySteps(["get_cards", "get_cards"]);
});

test("title and item open what they name, by keyboard too", async () => {
    await mountWorkbench();
    patchWithCleanup(getService("action"), {
        loadAction(xmlId, context) {
            expect.step(["load", xmlId, context]);
            return Promise.resolve({type: "ir.actions.act_window", res_model: "x"});
        },
        doAction(action) {
            expect.step([action.res_model, action.res_id, action.domain]);
        },
    });
    await contains(".o_qifei_workbench_title").click();
    await contains(".o_qifei_workbench_item").focus();
    await press("Enter");
    await animationFrame();
    expect.verifySteps([
        "get_cards",
        ["load", "qifei_base.some_action", {from_workbench: 1}],
        ["x", undefined, [["user_id", "=", 2]]],
        ["res.partner", 3, undefined],
    ]);
});

test("banner goes through the announcements one by one", async () => {
    patchWithCleanup(session, {
        qifei_announcements: [
            {id: 1, title: "First", excerpt: "One"},
            {id: 2, title: "Second", excerpt: "Two"},
            {id: 3, title: "Third", excerpt: "Three"},
        ],
    });
    onRpc("qifei.announcement", "action_mark_read", ({args}) => {
        expect.step(args[0]);
        return true;
    });
    mockService("action", {
        doAction(action) {
            expect.step([action.res_model, action.res_id]);
        },
    });
    await mountWithCleanup(AnnouncementBanner, {noMainContainer: true});
    expect("aside h2").toHaveText("First");
    expect("aside").toHaveText(/3 unread/);
    await contains(".o_qifei_announcement_read").click();
    expect("aside h2").toHaveText("Second");
    await contains(".btn-close").click();
    expect("aside h2").toHaveText("Third");
    await contains(".o_qifei_announcement_open").click();
    await contains(".o_qifei_announcement_read").click();
    expect("aside").toHaveCount(0);
    expect.verifySteps([[1], ["qifei.announcement", 3], [3]]);
});

test("no announcements, no banner", async () => {
    await mountWithCleanup(AnnouncementBanner, {noMainContainer: true});
    expect("aside").toHaveCount(0);
});
