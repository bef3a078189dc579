import {MAP_APPS, getMapApp, getWayUrl, setMapApp} from "@qifei_dispatch/day/map_apps";
import {describe, expect, test} from "@odoo/hoot";

describe.current.tags("headless");

const ORDER = {
    latitude: 31.25,
    longitude: 121.5,
    customer: "王芳 & Co, 2",
    address: "Long Road 5, Shanghai",
};

test("every application is told latitude and longitude in its own sequence", () => {
    for (const key of Object.keys(MAP_APPS)) {
        const url = new URL(getWayUrl(key, ORDER));
        expect(url.protocol).toBe("https:");
        const sequence = key === "amap" ? "121.5,31.25" : "31.25,121.5";
        expect(decodeURIComponent(url.search)).toInclude(sequence);
    }
});

test("a name cannot add to the address", () => {
    for (const key of Object.keys(MAP_APPS)) {
        const url = new URL(getWayUrl(key, {...ORDER, customer: "A&mode=walk#x"}));
        expect(url.hash).toBe("");
        expect(url.searchParams.get("mode")).not.toBe("walk");
    }
});

test("without coordinates the address is looked for, without both there is no way", () => {
    const unknown = {latitude: 0, longitude: 0, customer: "Wang"};
    for (const key of Object.keys(MAP_APPS)) {
        const url = getWayUrl(key, {...unknown, address: ORDER.address});
        expect(decodeURIComponent(url)).toInclude("Long Road 5, Shanghai");
        expect(getWayUrl(key, {...unknown, address: ""})).toBe("");
    }
});

test("the chosen application is kept on the device", () => {
    expect(getMapApp()).toBe("amap");
    setMapApp("google");
    expect(getMapApp()).toBe("google");
    setMapApp("unknown");
    expect(getMapApp()).toBe("amap");
});
