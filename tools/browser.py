"""A headless Chromium driven over its DevTools protocol, for pictures of pages."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket
from qifei import debian

IDLE = """
new Promise((resolve) => {
    const ready = () =>
        document.readyState === "complete" &&
        document.fonts.status === "loaded" &&
        !document.querySelector(".o_loading_indicator") &&
        [...document.images].every(
            (image) => image.complete || image.loading === "lazy"
        );
    let calm = 0;
    let waited = 0;
    const timer = setInterval(() => {
        calm = ready() ? calm + 1 : 0;
        waited += 1;
        if (calm > 4 || waited > 200) {
            clearInterval(timer);
            resolve(true);
        }
    }, 100);
})
"""


class Browser:
    """One browser with one page."""

    def __init__(self):
        program = debian.browser()
        if program is None:
            raise RuntimeError("Chromium is missing: install the package chromium.")
        self.profile = tempfile.mkdtemp(prefix="qifei-browser-")
        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--force-color-profile=srgb",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        self._socket = websocket.create_connection(self._page_address(), timeout=60)
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_details):
        self._socket.close()
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _page_address(self):
        port_file = Path(self.profile) / "DevToolsActivePort"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if port_file.exists() and port_file.read_text().strip():
                port = port_file.read_text().split()[0]
                pages = requests.get(f"http://127.0.0.1:{port}/json", timeout=10).json()
                for page in pages:
                    if page["type"] == "page":
                        return page["webSocketDebuggerUrl"]
            time.sleep(0.1)
        raise RuntimeError("Chromium does not start.")

    def call(self, method, **parameters):
        """Call a method of the protocol and return its result."""
        self._number += 1
        self._socket.send(
            json.dumps({"id": self._number, "method": method, "params": parameters})
        )
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def run(self, script):
        """Evaluate JavaScript in the page, wait for a promise, return its value."""
        result = self.call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            raise RuntimeError(f"{script[:60]}: {text}")
        return result["result"].get("value")

    def live_in(self, timezone):
        """Let the pages show times as in another part of the world."""
        self.call("Emulation.setTimezoneOverride", timezoneId=timezone)

    def resize(self, width, height, scale=1, mobile=False):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=mobile,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=mobile)

    def cookie(self, name, value, url):
        self.call("Network.setCookie", name=name, value=value, url=url)

    def forget(self):
        self.call("Network.clearBrowserCookies")

    def open(self, url, wait_for):
        """Open an address and wait until a selector is there and nothing loads."""
        self.call("Page.navigate", url=url)
        self.wait_for(wait_for)

    def wait_for(self, selector, patience=40):
        deadline = time.monotonic() + patience
        query = f"Boolean(document.querySelector({json.dumps(selector)}))"
        while time.monotonic() < deadline:
            try:
                if self.run(query):
                    self.run(IDLE)
                    return
            except RuntimeError:
                # The page has just been replaced by the next one.
                pass
            time.sleep(0.2)
        place = self.run("location.href")
        raise RuntimeError(f"{selector} does not appear on {place}")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, selector, value):
        self.run(
            f"""(() => {{
                const element = document.querySelector({json.dumps(selector)});
                element.value = {json.dumps(value)};
                element.dispatchEvent(new Event("input", {{bubbles: true}}));
                element.dispatchEvent(new Event("change", {{bubbles: true}}));
            }})()"""
        )

    def picture(self, *, full=False):
        """Return the page as PNG: what the window shows, or all of it."""
        result = self.call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=full
        )
        return base64.b64decode(result["data"])
