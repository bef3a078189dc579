import {_t} from "@web/core/l10n/translation";
import {Component, onMounted, onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const REFRESH_MS = 2000;
const AT_WORK = ["queued", "running"];

/** The progress of a plan, read again as long as it is being made. */
export class RunProgress extends Component {
    static template = "qifei_dispatch.RunProgress";
    static props = {...standardFieldProps};

    setup() {
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get percent() {
        return Math.round(this.props.record.data[this.props.name] || 0);
    }

    get isAtWork() {
        return AT_WORK.includes(this.props.record.data.state);
    }

    get label() {
        return this.props.record.data.state === "queued"
            ? _t("Waiting for its turn")
            : `${this.percent} %`;
    }

    async refresh() {
        const {record} = this.props;
        if (this.isAtWork && record.resId && !this.isLoading) {
            this.isLoading = true;
            try {
                if (!(await record.isDirty())) {
                    await record.load();
                }
            } finally {
                this.isLoading = false;
            }
        }
    }
}

registry.category("fields").add("qifei_dispatch_run_progress", {
    component: RunProgress,
    supportedTypes: ["float"],
    fieldDependencies: [{name: "state", type: "selection"}],
});
