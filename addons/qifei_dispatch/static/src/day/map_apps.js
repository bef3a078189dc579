import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";

const STORAGE_KEY = "qifei_dispatch.map_app";

/** The map applications that can show the way, with the address that opens each. */
export const MAP_APPS = {
    amap: {
        label: _t("Amap"),
        point: ({longitude, latitude, name}) =>
            `https://uri.amap.com/navigation?to=${longitude},${latitude},${name}` +
            "&mode=car&coordinate=wgs84&callnative=1",
        text: (address) =>
            `https://uri.amap.com/search?keyword=${address}&callnative=1`,
    },
    baidu: {
        label: _t("Baidu Maps"),
        point: ({longitude, latitude, name}) =>
            "https://api.map.baidu.com/direction?destination=latlng:" +
            `${latitude},${longitude}%7Cname:${name}` +
            "&coord_type=wgs84&mode=driving&output=html&src=qifei",
        text: (address) =>
            `https://api.map.baidu.com/geocoder?address=${address}&output=html&src=qifei`,
    },
    google: {
        label: _t("Google Maps"),
        point: ({longitude, latitude}) =>
            "https://www.google.com/maps/dir/?api=1&travelmode=driving" +
            `&destination=${latitude},${longitude}`,
        text: (address) =>
            "https://www.google.com/maps/dir/?api=1&travelmode=driving" +
            `&destination=${address}`,
    },
    apple: {
        label: _t("Apple Maps"),
        point: ({longitude, latitude}) =>
            `https://maps.apple.com/?daddr=${latitude},${longitude}&dirflg=d`,
        text: (address) => `https://maps.apple.com/?daddr=${address}&dirflg=d`,
    },
    osm: {
        label: _t("OpenStreetMap"),
        point: ({longitude, latitude}) =>
            "https://www.openstreetmap.org/directions?engine=fossgis_osrm_car" +
            `&to=${latitude},${longitude}`,
        text: (address) => `https://www.openstreetmap.org/search?query=${address}`,
    },
};

/** Return the application that was chosen on this device, Amap at first. */
export function getMapApp() {
    const chosen = browser.localStorage.getItem(STORAGE_KEY);
    return chosen in MAP_APPS ? chosen : "amap";
}

export function setMapApp(key) {
    browser.localStorage.setItem(STORAGE_KEY, key);
}

/**
 * Return the address that shows the way to an order, "" when nothing is known of where
 * it is.
 */
export function getWayUrl(key, {latitude, longitude, address, customer}) {
    const app = MAP_APPS[key];
    if (latitude || longitude) {
        const name = encodeURIComponent(customer || address || "");
        return app.point({latitude, longitude, name});
    }
    return address ? app.text(encodeURIComponent(address)) : "";
}
