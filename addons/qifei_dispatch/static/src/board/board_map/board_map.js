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
const LATE = "#d9534f";
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
            () => [this.model.shown, this.model.waiting, this.model.positions]
        );
        useEffect(
            () => this.restyle(),
            () => [
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
        this.numbers = L.layerGroup().addTo(this.map);
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

    /** Draw all places anew; what they look like is up to `restyle`. */
    draw() {
        if (!this.map) {
            return;
        }
        this.layer.clearLayers();
        this.targets = [];
        this.routes = [];
        this.visits = [];
        this.starts = [];
        for (const row of this.model.shown) {
            this.drawRoute(row);
        }
        for (const order of this.model.waiting) {
            if (order.latitude !== null) {
                this.drawOrder(order);
            }
        }
        for (const row of this.model.shown) {
            this.drawEngineer(row.engineer);
        }
        this.restyle();
    }

    drawRoute({engineer, bars}) {
        const visits = bars
            .map((bar) => bar.order)
            .filter((order) => order.latitude !== null);
        if (!visits.length) {
            return;
        }
        const points = visits.map((order) => [order.latitude, order.longitude]);
        if (engineer.home) {
            points.unshift(engineer.home);
            points.push(engineer.end || engineer.home);
        }
        const layer = L.polyline(points, {interactive: false}).addTo(this.layer);
        this.routes.push({engineer, layer});
        visits.forEach((order, index) => {
            this.drawOrder(order, engineer, index + 1);
            this.targets.push({
                engineerId: engineer.id,
                place: [order.latitude, order.longitude],
            });
        });
    }

    drawOrder(order, engineer, number) {
        const layer = L.circleMarker([order.latitude, order.longitude], {
            bubblingMouseEvents: false,
        })
            .bindTooltip(() => this.describe(order, number))
            .on("click", () => this.model.selectOrder(order.id))
            .on("dblclick", () => this.props.onOpen(order.id))
            .on("mousedown", ({originalEvent}) => this.grab(originalEvent, order))
            .addTo(this.layer);
        this.visits.push({order, engineer, number, layer});
    }

    drawEngineer(engineer) {
        const position = this.model.positions[engineer.id];
        const place = position || engineer.home;
        if (!place) {
            return;
        }
        const layer = L.circleMarker(place, {bubblingMouseEvents: false})
            .bindTooltip(
                position
                    ? _t("%s is here", engineer.name)
                    : _t("%s starts here", engineer.name)
            )
            .on("click", () => this.model.selectEngineer(engineer.id))
            .addTo(this.layer);
        this.starts.push({engineer, isPosition: Boolean(position), layer});
        this.targets.push({engineerId: engineer.id, place});
    }

    /** Let the chosen route and the possible engineers stand out. */
    restyle() {
        if (!this.map) {
            return;
        }
        const chosen = this.chosenEngineerId;
        const isCrowded = this.model.shown.length > MANY;
        const isFaint = (engineer) =>
            engineer.id !== chosen && (isCrowded || chosen !== null);
        this.numbers.clearLayers();
        for (const {engineer, layer} of this.routes) {
            layer.setStyle({
                color: colour(engineer.index, isFaint(engineer) ? 0.25 : 0.85),
                weight: engineer.id === chosen ? 4 : 2,
            });
        }
        for (const visit of this.visits) {
            this.styleVisit(visit, {
                chosen,
                isCrowded,
                isFaint: visit.engineer && isFaint(visit.engineer),
            });
        }
        for (const {engineer, isPosition, layer} of this.starts) {
            const verdict = this.model.drag?.verdicts?.get(engineer.id);
            const isRefused = verdict && !verdict.is_possible;
            layer.setStyle({
                radius: isPosition ? 8 : isCrowded ? 3 : 5,
                weight: isPosition ? 4 : isCrowded ? 1 : 2,
                color: colour(engineer.index, isRefused ? 0.2 : 1),
                fillColor: isPosition ? "#ffffff" : colour(engineer.index, 0.35),
                fillOpacity: isRefused ? 0.2 : 1,
            });
        }
    }

    styleVisit({order, engineer, number, layer}, {chosen, isCrowded, isFaint}) {
        const {selected} = this.model;
        const isSelected = selected?.kind === "order" && selected.id === order.id;
        const isNumbered = Boolean(engineer) && engineer.id === chosen;
        const isLate = engineer && lateness(order, this.model.now) > 0;
        layer.setStyle({
            radius: isSelected ? 10 : isNumbered ? 9 : isCrowded ? 4 : 7,
            weight: isSelected || isLate ? 3 : isCrowded ? 1 : 1.5,
            color: isLate ? LATE : engineer ? "#ffffff" : "#495057",
            fillColor: engineer
                ? colour(engineer.index, isFaint ? 0.45 : 1)
                : "#ffffff",
            fillOpacity: 0.95,
        });
        if (isNumbered) {
            this.drawNumber(order, number);
        }
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
        }).addTo(this.numbers);
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
