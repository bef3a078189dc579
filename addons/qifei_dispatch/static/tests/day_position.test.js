import {advanceTime, describe, expect, test} from "@odoo/hoot";
import {browser} from "@web/core/browser/browser";
import {patchWithCleanup} from "@web/../tests/web_test_helpers";
import {positionService} from "@qifei_dispatch/day/position_service";

describe.current.tags("headless");

const COORDS = {latitude: 31.2, longitude: 121.4, accuracy: 9};

/** Start the service on a device that tells its position when `device.tell()` is called. */
function startService(answer) {
    const device = {};
    patchWithCleanup(browser, {
        navigator: {
            geolocation: {
                watchPosition(found, failed) {
                    expect.step("watch");
                    device.tell = () => found({coords: COORDS});
                    device.fail = failed;
                    return 5;
                },
                clearWatch: (id) => expect.step(`clear ${id}`),
            },
        },
    });
    const call = (model, method, args) => {
        expect.step(`${model}.${method}(${args.join(" ")})`);
        return answer();
    };
    const service = positionService.start({}, {orm: {silent: {call}}});
    return {device, service};
}

const KEPT = "qifei.engineer.share_my_position(31.2 121.4 9)";

test("a position is sent every twenty seconds at most", async () => {
    const {device, service} = startService(async () => ({is_wanted: true, reason: ""}));
    service.begin();
    service.begin();
    await device.tell();
    await device.tell();
    expect.verifySteps(["watch", KEPT]);
    await advanceTime(20000);
    await device.tell();
    expect.verifySteps([KEPT]);
    expect(service.state.isActive).toBe(true);
});

test("it ends when the server wants no more", async () => {
    const {device, service} = startService(async () => ({
        is_wanted: false,
        reason: "You have arrived.",
    }));
    service.begin();
    await device.tell();
    expect.verifySteps(["watch", KEPT, "clear 5"]);
    expect(service.state.isActive).toBe(false);
    expect(service.state.reason).toBe("You have arrived.");
});

test("it goes on when the network fails, and ends when the device refuses", async () => {
    const {device, service} = startService(() => Promise.reject(new Error("offline")));
    service.begin();
    await device.tell();
    expect(service.state.isActive).toBe(true);
    device.fail({code: 1, PERMISSION_DENIED: 1});
    expect(service.state.isDenied).toBe(true);
    expect(service.state.isActive).toBe(false);
    expect.verifySteps(["watch", KEPT, "clear 5"]);
});
