import {
    Component,
    onMounted,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {session} from "@web/session";
import {_t} from "@web/core/l10n/translation";
import {useDropZone} from "../board_drag";
import {lateness} from "../board_model";
import {nearest} from "../geometry";

const WORLD = [
    [-60, -180],
    [75, 180],
];
const REACH = 28;
// With more engineers than this only the chosen one has a route that stands out.
const MANY = 30;
const HUES = [210, 25, 150, 280, 340, 50, 180, 120, 300, 0, 90, 240];

export function colour(index, alpha = 1) {
    const light = index % 24 < 12 ? 42 : 58;
    return `hsla(${HUES[index % HUES.length]}, 65%, ${light}%, ${alpha})`;
}

/** Places, routes of the day and where the engineers are; without tiles on a plain ground. */
export class BoardMap extends Component {
    static template = "qifei_dispatch.BoardMap";
    static props = {model: Object, drag: Object, onOpen: Function};

    setup() {
        this.model = useState(this.props.model);
        this.root = useRef("map");
        this.targets = [];
        useDropZone(this.props.drag, this);
        onMounted(() => this.create());
        onWillUnmount(() => {
            this.observer.disconnect();
            this.map.remove();
        });
        useEffect(
            () => this.draw(),
            () => [
                this.model.shown,
                this.model.waiting,
                this.model.positions,
                this.model.selected?.kind,
                this.model.selected?.id,
                this.model.drag?.verdicts,
            ]
        );
        useEffect(
            () => this.fit(),
            () => [this.model.board]
        );
        useEffect(
            () => this.showSelected(),
            () => [this.model.selected?.kind, this.model.selected?.id]
        );
    }

    get located() {
        return this.model.rows.some((row) => row.engineer.home || row.bars.length);
    }

    create() {
        this.map = L.map(this.root.el, {preferCanvas: true, zoomSnap: 0.25});
        this.map.fitBounds(WORLD);
        const url = session["leaflet.tile_url"];
        if (url) {
            L.tileLayer(url, {attribution: session["leaflet.copyright"]}).addTo(
                this.map
            );
        }
        L.control.scale({imperial: false}).addTo(this.map);
        this.layer = L.layerGroup().addTo(this.map);
        // Apart from the canvas, which would be drawn anew for each mark.
        this.marks = L.layerGroup().addTo(this.map);
        this.markRenderer = L.svg();
        this.observer = new ResizeObserver(() => this.map.invalidateSize());
        this.observer.observe(this.root.el);
        this.draw();
        this.fit();
    }

    get chosenEngineerId() {
        const {selected} = this.model;
        return selected?.kind === "engineer"
            ? selected.id
            : this.model.selectedOrder?.engineer_id || null;
    }

    draw() {
        if (!this.map) {
            return;
        }
        this.layer.clearLayers();
        this.targets = [];
        const chosen = this.chosenEngineerId;
        const isCrowded = this.model.shown.length > MANY;
        for (const row of this.model.shown) {
            const isChosen = row.engineer.id === chosen;
            this.drawRoute(row, {
                isChosen,
                isFaint: !isChosen && (isCrowded || chosen !== null),
            });
        }
        for (const order of this.model.waiting) {
            this.drawOrder(order, "#ffffff", this.isSelected(order));
        }
        for (const row of this.model.shown) {
            this.drawEngineer(row);
        }
    }

    isSelected(order) {
        const {selected} = this.model;
        return selected?.kind === "order" && selected.id === order.id;
    }

    drawRoute(row, {isChosen, isFaint}) {
        const {engineer} = row;
        const fill = colour(engineer.index, isFaint ? 0.45 : 1);
        const visits = row.bars
            .map((bar) => bar.order)
            .filter((order) => order.latitude !== null);
        const points = visits.map((order) => [order.latitude, order.longitude]);
        if (engineer.home) {
            points.unshift(engineer.home);
            points.push(engineer.end || engineer.home);
        }
        if (visits.length) {
            L.polyline(points, {
                color: colour(engineer.index, isFaint ? 0.25 : 0.85),
                weight: isChosen ? 4 : 2,
                interactive: false,
            }).addTo(this.layer);
        }
        visits.forEach((order, index) => {
            this.drawOrder(order, fill, this.isSelected(order), index + 1);
            if (isChosen) {
                this.drawNumber(order, index + 1);
            }
            this.targets.push({
                engineerId: engineer.id,
                place: [order.latitude, order.longitude],
            });
        });
    }

    drawOrder(order, fill, isSelected, number) {
        if (order.latitude === null) {
            return;
        }
        const isNumbered =
            order.is_planned && order.engineer_id === this.chosenEngineerId;
        const late = order.is_planned && lateness(order, this.model.now) > 0;
        L.circleMarker([order.latitude, order.longitude], {
            radius: isSelected ? 10 : isNumbered ? 9 : 7,
            weight: isSelected || late ? 3 : 1.5,
            color: late ? "#d9534f" : order.is_planned ? "#ffffff" : "#495057",
            fillColor: fill,
            fillOpacity: order.is_planned ? 0.95 : 0.9,
            bubblingMouseEvents: false,
        })
            .bindTooltip(() => this.describe(order, number))
            .on("click", () => this.model.selectOrder(order.id))
            .on("dblclick", () => this.props.onOpen(order.id))
            .on("mousedown", ({originalEvent}) => this.grab(originalEvent, order))
            .addTo(this.layer);
    }

    drawNumber(order, number) {
        L.marker([order.latitude, order.longitude], {
            interactive: false,
            keyboard: false,
            icon: L.divIcon({
                className: "o_qifei_board_map_number",
                html: String(number),
                iconSize: [18, 18],
            }),
        }).addTo(this.layer);
    }

    describe(order, number) {
        const line = document.createElement("div");
        const title = document.createElement("strong");
        title.textContent = order.customer;
        const rest = document.createElement("div");
        rest.textContent = order.is_planned
            ? `${number}. ${order.name}, ${this.model.clock.times(order.start, order.end)}`
            : order.name;
        line.append(title, rest);
        return line;
    }

    drawEngineer({engineer}) {
        const position = this.model.positions[engineer.id];
        const place = position || engineer.home;
        if (!place) {
            return;
        }
        const verdict = this.model.drag?.verdicts?.get(engineer.id);
        const isRefused = verdict && !verdict.is_possible;
        L.circleMarker(place.slice(0, 2), {
            radius: position ? 8 : 5,
            weight: position ? 4 : 2,
            color: colour(engineer.index, isRefused ? 0.2 : 1),
            fillColor: position ? "#ffffff" : colour(engineer.index, 0.35),
            fillOpacity: isRefused ? 0.2 : 1,
            bubblingMouseEvents: false,
        })
            .bindTooltip(
                position
                    ? _t("%s is here", engineer.name)
                    : _t("%s starts here", engineer.name)
            )
            .on("click", () => this.model.selectEngineer(engineer.id))
            .addTo(this.layer);
        this.targets.push({engineerId: engineer.id, place: place.slice(0, 2)});
    }

    /** Show all places of the day. */
    fit() {
        if (!this.map) {
            return;
        }
        const places = this.targets.map((target) => target.place);
        for (const order of this.model.waiting) {
            if (order.latitude !== null && order.is_for_day) {
                places.push([order.latitude, order.longitude]);
            }
        }
        if (places.length) {
            this.map.fitBounds(places, {padding: [24, 24], maxZoom: 14});
        }
    }

    /** Bring the chosen order, or the day of the chosen engineer, into the window. */
    showSelected() {
        if (!this.map) {
            return;
        }
        const order = this.model.selectedOrder;
        if (order) {
            if (order.latitude !== null) {
                const place = [order.latitude, order.longitude];
                if (!this.map.getBounds().contains(place)) {
                    this.map.panTo(place);
                }
            }
            return;
        }
        const row = this.model.selectedRow;
        const places = this.targets
            .filter((target) => target.engineerId === row?.engineer.id)
            .map((target) => target.place);
        if (places.length) {
            this.map.fitBounds(places, {padding: [40, 40], maxZoom: 14});
        }
    }

    // === DRAGGING === //

    grab(ev, order) {
        if (ev.button) {
            return;
        }
        // The map stands still while one of its orders is dragged.
        this.map.dragging.disable();
        window.addEventListener("pointerup", () => this.map?.dragging.enable(), {
            once: true,
        });
        this.props.drag.grab(ev, order.id);
    }

    hit(x, y) {
        const box = this.root.el.getBoundingClientRect();
        if (x < box.left || x > box.right || y < box.top || y > box.bottom) {
            return null;
        }
        const points = this.targets.map(({engineerId, place}) => ({
            engineerId,
            ...this.map.latLngToContainerPoint(place),
        }));
        const found = nearest(points, x - box.left, y - box.top, REACH);
        return found ? {engineerId: found.engineerId, minute: null} : null;
    }

    mark(hit) {
        const engineerId = hit?.engineerId || null;
        if (!this.map || this.markedId === engineerId) {
            return;
        }
        this.markedId = engineerId;
        this.marks.clearLayers();
        for (const target of this.targets) {
            if (target.engineerId === engineerId) {
                L.circleMarker(target.place, {
                    radius: 14,
                    weight: 2,
                    color: "#017e84",
                    fill: false,
                    interactive: false,
                    renderer: this.markRenderer,
                }).addTo(this.marks);
            }
        }
    }
}
