import {_t} from "@web/core/l10n/translation";
import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

const WORLD = [
    [-60, -180],
    [75, 180],
];

/** The places that keep parts, on a map; without a tile server on a plain ground. */
export class StockMap extends Component {
    static template = "qifei_parts.StockMap";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.mapRef = useRef("map");
        this.state = useState({text: "", kind: "", places: []});
        this.keepLast = new KeepLast();
        this.searchSoon = useDebounced(() => this.search(), 300);
        onWillStart(() => this.load());
        onMounted(() => this.drawMap());
        onWillUnmount(() => this.map.remove());
    }

    get display() {
        return {controlPanel: {}};
    }

    get kinds() {
        return [
            {id: "", name: _t("All places")},
            {id: "warehouse", name: _t("Warehouse")},
            {id: "van", name: _t("Vans")},
            {id: "point", name: _t("Service points")},
        ];
    }

    get located() {
        return this.state.places.filter((place) => place.is_located);
    }

    get unlocated() {
        return this.state.places.filter((place) => !place.is_located);
    }

    async load() {
        this.state.places = await this.keepLast.add(
            this.orm.call("qifei.part.stock", "get_map_places", [
                this.state.text,
                this.state.kind,
            ])
        );
    }

    async search() {
        await this.load();
        this.drawPlaces();
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.searchSoon();
    }

    onKind(ev) {
        this.state.kind = ev.target.value;
        this.search();
    }

    drawMap() {
        this.map = L.map(this.mapRef.el);
        this.map.fitBounds(WORLD);
        const url = session["leaflet.tile_url"];
        if (url) {
            L.tileLayer(url, {attribution: session["leaflet.copyright"]}).addTo(
                this.map
            );
        }
        this.layer = L.layerGroup().addTo(this.map);
        this.drawPlaces();
    }

    drawPlaces() {
        this.layer.clearLayers();
        for (const place of this.located) {
            L.circleMarker([place.latitude, place.longitude], {
                radius: 9,
                weight: 2,
                className: `o_qifei_place o_qifei_place_${place.kind}`,
            })
                .bindTooltip(place.name)
                .bindPopup(() => this.drawPopup(place))
                .addTo(this.layer);
        }
        if (this.located.length) {
            this.map.fitBounds(
                this.located.map((place) => [place.latitude, place.longitude]),
                {padding: [40, 40], maxZoom: 12}
            );
        }
    }

    drawPopup(place) {
        const popup = document.createElement("div");
        const name = document.createElement("strong");
        name.textContent = place.name;
        const list = document.createElement("ul");
        list.className = "list-unstyled mb-2";
        for (const text of this.describe(place)) {
            const item = document.createElement("li");
            item.textContent = text;
            list.append(item);
        }
        const button = document.createElement("button");
        button.className = "btn btn-link p-0";
        button.textContent = _t("Show the parts");
        button.addEventListener("click", () => this.open(place));
        popup.append(name, list, button);
        return popup;
    }

    describe(place) {
        return [
            ...(place.parts ? [_t("%s parts", place.parts)] : []),
            _t("Free: %s", place.free),
            ...(place.incoming ? [_t("On the way: %s", place.incoming)] : []),
        ];
    }

    open(place) {
        this.action.doAction("qifei_parts.qifei_part_stock_action", {
            additionalContext: {
                search_default_location_id: place.id,
                ...(this.state.text
                    ? {search_default_product_id: this.state.text}
                    : {}),
            },
        });
    }
}

registry.category("actions").add("qifei_parts.stock_map", StockMap);
