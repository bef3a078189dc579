import {loadCSS, loadJS} from "@web/core/assets";
import {OrderLive} from "@qifei_portal/tracking/order_live";
import {patch} from "@web/core/utils/patch";

const LEAFLET = "/web_leaflet_lib/static/lib/leaflet/leaflet";
const CLOSEST_ZOOM = 16;

/** Return `[latitude, longitude]` of an attribute, or null. */
function readPoint(text) {
    return text ? text.split(",").map(Number) : null;
}

/**
 * Draws the engineer and the customer on a map. The map is made once and moves into
 * each newer version of the page, so that it does not blink. Leaflet is loaded when
 * somebody is on the way, and without tiles the ground is plain.
 */
patch(OrderLive.prototype, {
    start() {
        super.start();
        this.drawApproach();
    },

    destroy() {
        this.removeApproach();
        super.destroy();
    },

    show(answer) {
        const groundEl = this.approach && this.approach.groundEl;
        groundEl?.remove();
        super.show(answer);
        this.drawApproach();
    },

    removeApproach() {
        this.approach?.map.remove();
        this.approach = null;
    },

    async drawApproach() {
        const mapEl = this.el.querySelector(".o_qifei_approach_map");
        if (!mapEl) {
            this.removeApproach();
            return;
        }
        if (!window.L) {
            await this.waitFor(
                Promise.all([loadJS(`${LEAFLET}.js`), loadCSS(`${LEAFLET}.css`)])
            );
        }
        if (!mapEl.isConnected) {
            return;
        }
        const engineer = readPoint(mapEl.dataset.engineer);
        const place = readPoint(mapEl.dataset.place);
        this.approach = this.approach || this.makeApproach(mapEl, engineer);
        mapEl.replaceChildren(this.approach.groundEl);
        this.approach.engineer.setLatLng(engineer);
        if (place && !this.approach.place) {
            this.approach.place = L.circleMarker(place, {
                radius: 10,
                weight: 3,
                className: "o_qifei_approach_place",
            }).addTo(this.approach.map);
        }
        this.approach.map.invalidateSize();
        this.approach.map.fitBounds(place ? [engineer, place] : [engineer], {
            padding: [32, 32],
            maxZoom: CLOSEST_ZOOM,
            animate: false,
        });
    },

    makeApproach(mapEl, engineer) {
        const groundEl = document.createElement("div");
        groundEl.className = "o_qifei_approach_ground";
        mapEl.replaceChildren(groundEl);
        const map = L.map(groundEl, {attributionControl: Boolean(mapEl.dataset.tiles)});
        map.setView(engineer, CLOSEST_ZOOM);
        if (mapEl.dataset.tiles) {
            L.tileLayer(mapEl.dataset.tiles, {
                attribution: mapEl.dataset.copyright,
            }).addTo(map);
        }
        const marker = L.marker(engineer, {
            icon: L.divIcon({
                className: "o_qifei_approach_engineer",
                html: '<i class="fa fa-car"></i>',
                iconSize: [36, 36],
            }),
        }).addTo(map);
        return {groundEl, map, engineer: marker, place: null};
    },
});
