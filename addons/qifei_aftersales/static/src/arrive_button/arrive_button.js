import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const POSITION_OPTIONS = {enableHighAccuracy: true, timeout: 10000, maximumAge: 60000};

/**
 * Checks an engineer in at the customer's with the position of his device. Without a
 * position (switched off, refused, no signal) the check-in goes on without it.
 */
export class ArriveButton extends Component {
    static template = "qifei_aftersales.ArriveButton";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({busy: false});
    }

    get isPrimary() {
        return this.props.record.data.state === "en_route";
    }

    async onClick() {
        this.state.busy = true;
        try {
            const record = this.props.record;
            if (!(await record.save())) {
                return;
            }
            const position = await this.getPosition();
            await this.orm.call(
                record.resModel,
                "action_arrive",
                [record.resId],
                position
            );
            await record.load();
        } finally {
            this.state.busy = false;
        }
    }

    /** Resolves to the arguments of `action_arrive`, empty when there is no position. */
    async getPosition() {
        if (!navigator.geolocation) {
            return {};
        }
        try {
            const {coords} = await new Promise((resolve, reject) =>
                navigator.geolocation.getCurrentPosition(
                    resolve,
                    reject,
                    POSITION_OPTIONS
                )
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
}

export const arriveButton = {
    component: ArriveButton,
    fieldDependencies: [{name: "state", type: "selection"}],
};
registry.category("view_widgets").add("qifei_arrive_button", arriveButton);
