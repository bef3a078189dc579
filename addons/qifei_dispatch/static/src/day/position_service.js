import {browser} from "@web/core/browser/browser";
import {reactive} from "@odoo/owl";
import {registry} from "@web/core/registry";

const WATCH_OPTIONS = {enableHighAccuracy: true, maximumAge: 10000, timeout: 30000};
// The server keeps one in 15 seconds.
const SEND_MILLISECONDS = 20000;

/**
 * Sends the position of the device while the engineer is on the way. It goes on when
 * another page is opened and ends as soon as the server wants no more.
 */
export const positionService = {
    dependencies: ["orm"],

    start(env, {orm}) {
        let watchId = null;
        let sentOn = 0;
        const state = reactive({isActive: false, isDenied: false, reason: ""});

        function stop() {
            if (watchId !== null) {
                browser.navigator.geolocation.clearWatch(watchId);
            }
            watchId = null;
            sentOn = 0;
            state.isActive = false;
        }

        async function send({coords}) {
            const now = Date.now();
            if (now - sentOn < SEND_MILLISECONDS) {
                return;
            }
            sentOn = now;
            try {
                const answer = await orm.silent.call(
                    "qifei.engineer",
                    "share_my_position",
                    [coords.latitude, coords.longitude, coords.accuracy]
                );
                state.reason = answer.reason;
                if (!answer.is_wanted) {
                    stop();
                }
            } catch {
                // Without network the next position is tried.
            }
        }

        function begin() {
            const {geolocation} = browser.navigator;
            if (watchId !== null || !geolocation) {
                return;
            }
            state.isActive = true;
            state.isDenied = false;
            watchId = geolocation.watchPosition(
                send,
                (error) => {
                    if (error.code === error.PERMISSION_DENIED) {
                        state.isDenied = true;
                        stop();
                    }
                },
                WATCH_OPTIONS
            );
        }

        return {state, begin, stop};
    },
};

registry.category("services").add("qifei_position", positionService);
