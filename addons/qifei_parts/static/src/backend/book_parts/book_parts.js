import {Component, useState} from "@odoo/owl";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * The parts that are issued, used or returned, as cards for a thumb: take it or not,
 * how many, which piece. A scan fills in the card it belongs to.
 */
export class BookParts extends Component {
    static template = "qifei_parts.BookParts";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({code: ""});
        this.canScan = isBarcodeScannerSupported();
    }

    get lines() {
        return this.props.record.data[this.props.name].records;
    }

    choices(line) {
        return line.data.choices || [];
    }

    /** Numbers of pieces that no other card has taken, if the list is short enough. */
    serials(line) {
        const taken = this.lines
            .filter((other) => other !== line && other.data.is_chosen)
            .map((other) => other.data.serial);
        return (line.data.serials || "")
            .split("\n")
            .filter((serial) => serial && !taken.includes(serial))
            .slice(0, 8);
    }

    toggle(line) {
        return line.update({is_chosen: !line.data.is_chosen});
    }

    step(line, change) {
        return this.setQuantity(line, line.data.quantity + change);
    }

    setQuantity(line, value) {
        const quantity = Math.max(Number.parseFloat(value) || 0, 0);
        return line.update({quantity, is_chosen: quantity > 0});
    }

    setSerial(line, serial) {
        return line.update({serial: serial.trim(), is_chosen: true});
    }

    setOldSerial(line, serial) {
        return line.update({old_serial: serial.trim()});
    }

    /** The pieces of a substitute are others, so the server is asked for them. */
    async setProduct(line, productId) {
        const [id, display_name] = this.choices(line).find(
            ([id]) => id === Number(productId)
        );
        await line.update({
            product_id: {id, display_name},
            serial: false,
            is_chosen: true,
        });
        await this.props.record.save();
    }

    async scanOldSerial(line) {
        const code = await scanBarcode(this.env);
        if (code) {
            await this.setOldSerial(line, code);
        }
    }

    async onScan() {
        const code = await scanBarcode(this.env);
        if (code) {
            await this.enter(code);
        }
    }

    async onCodeKey(ev) {
        if (ev.key === "Enter" && this.state.code.trim()) {
            ev.preventDefault();
            ev.stopPropagation();
            const code = this.state.code;
            this.state.code = "";
            await this.enter(code);
        }
    }

    async enter(code) {
        const record = this.props.record;
        if (!(await record.save())) {
            return;
        }
        const text = await this.orm.call(record.resModel, "scan", [
            [record.resId],
            code,
        ]);
        await record.load();
        this.notification.add(text, {type: "success"});
    }
}

export const bookParts = {
    component: BookParts,
    supportedTypes: ["one2many"],
    // Fields are read-only, and never saved, unless they say that they are not.
    relatedFields: [
        {name: "product_id", type: "many2one", readonly: false},
        {name: "order_id", type: "many2one", readonly: true},
        {name: "tracking", type: "selection", readonly: true},
        {name: "quantity", type: "float", readonly: false},
        {name: "there", type: "float", readonly: true},
        {name: "serial", type: "char", readonly: false},
        {name: "serials", type: "text", readonly: true},
        {name: "choices", type: "json", readonly: true},
        {name: "asks_old_serial", type: "boolean", readonly: true},
        {name: "old_serial", type: "char", readonly: false},
        {name: "is_chosen", type: "boolean", readonly: false},
    ],
};
registry.category("fields").add("qifei_book_parts", bookParts);
