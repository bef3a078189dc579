"""Take the pictures of docs/screenshots from a running demo, in both languages.

Run by `make screenshots` with QIFEI_URL, QIFEI_DB and the folder to write to.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests
from browser import Browser
from PIL import Image, ImageOps

DESK = (1440, 900)
PHONE = (360, 740)
MOST_BYTES = 150_000
LANGUAGES = {"en": "en_US", "zh": "zh_CN"}


class Server:
    """The demo, as its users reach it."""

    def __init__(self, url, database):
        self.url = url
        self.database = database
        self.sessions = {}

    def session(self, login):
        """Return the HTTP session of a demo user, whose password is the login."""
        if login not in self.sessions:
            session = requests.Session()
            answer = self._post(
                session,
                "/web/session/authenticate",
                {"db": self.database, "login": login, "password": login},
            )
            session.uid = answer["uid"]
            self.sessions[login] = session
        return self.sessions[login]

    def call(self, model, method, *arguments, login="admin", **keywords):
        return self._post(
            self.session(login),
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": arguments, "kwargs": keywords},
        )

    def find(self, model, domain):
        """Return the id of the newest record, which the demo must have."""
        found = self.call(model, "search", domain, limit=1, order="id desc")
        if not found:
            raise RuntimeError(f"The demo has no {model} with {domain}.")
        return found[0]

    def speak(self, language):
        """Let every demo user see the pages in a language."""
        users = self.call("res.users", "search", [("id", ">", 1)])
        self.call("res.users", "write", users, {"lang": language})

    def pdf(self, report, record_id):
        answer = self.session("manager").get(
            f"{self.url}/report/pdf/{report}/{record_id}", timeout=120
        )
        answer.raise_for_status()
        return answer.content

    def _post(self, session, path, parameters):
        answer = session.post(
            self.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": parameters},
            timeout=120,
        ).json()
        if "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]


class Studio:
    """Takes and stores the pictures of one language."""

    def __init__(self, server, browser, folder, language):
        self.server = server
        self.browser = browser
        self.folder = folder / language
        self.folder.mkdir(parents=True, exist_ok=True)
        self.locale = LANGUAGES[language]
        self.prefix = "" if language == "en" else f"/{self.locale}"

    def enter(self, login=None):
        """Become a demo user, or a visitor."""
        self.browser.forget()
        if login:
            cookie = self.server.session(login).cookies["session_id"]
            self.browser.cookie("session_id", cookie, self.server.url)
        self.browser.cookie("frontend_lang", self.locale, self.server.url)

    def screen(self, path, wait_for):
        self.browser.resize(*DESK)
        self.browser.open(f"{self.server.url}/odoo/{path}", wait_for)

    def page(self, path, wait_for, size=PHONE):
        self.browser.resize(*size, scale=2, mobile=True)
        self.browser.open(f"{self.server.url}{self.prefix}{path}", wait_for)

    def keep(self, name, png=None, *, full=False):
        """Store a picture with few colours, so that the repository stays small."""
        image = Image.open(io.BytesIO(png or self.browser.picture(full=full)))
        image = image.convert("RGB")
        if image.width > DESK[0]:
            image.thumbnail((DESK[0], image.height))
        for colours in (256, 128, 64, 32):
            target = io.BytesIO()
            image.quantize(colours, dither=Image.Dither.NONE).save(
                target, "PNG", optimize=True
            )
            if target.tell() <= MOST_BYTES:
                break
        (self.folder / f"{name}.png").write_bytes(target.getvalue())
        print(f"  {self.folder.name}/{name}.png {target.tell() // 1024} kB", flush=True)


# === BACK OFFICE === #


def back_office(studio):
    server = studio.server
    studio.enter("manager")
    for name, path, wait_for in (
        ("workbench", "workbench", ".o_qifei_workbench"),
        ("tickets", _action("qifei_ticket_action"), ".o_kanban_record"),
        ("work-orders", _action("qifei_work_order_action"), ".o_kanban_record"),
        (
            "calendar",
            f"{_action('qifei_work_order_action')}?view_type=calendar",
            ".fc-event, .o_calendar_renderer .fc-view",
        ),
    ):
        studio.screen(path, wait_for)
        if name != "workbench":
            _put_announcement_away(studio.browser)
        studio.keep(name)
    records = (
        (
            "ticket",
            "qifei.ticket",
            [("work_order_ids.state", "=", "en_route"), ("equipment_id", "!=", False)],
        ),
        (
            "work-order",
            "qifei.work.order",
            [("state", "=", "verified"), ("equipment_id", "!=", False)],
        ),
        ("machine", "qifei.equipment", [("warranty_state", "=", "active")]),
        (
            "warranty-card",
            "qifei.warranty.card",
            [("state", "=", "active"), ("line_ids.component", "=", "main_part")],
        ),
        ("customer", "res.partner", [("user_ids.login", "=", "customer")]),
    )
    for name, model, domain in records:
        detail = "_customers" if model == "res.partner" else ""
        action = _action(f"{model.replace('.', '_')}_action{detail}")
        record_id = server.find(model, domain)
        studio.screen(f"{action}/{record_id}", ".o_form_view")
        _put_announcement_away(studio.browser)
        studio.keep(name)


def _put_announcement_away(browser):
    browser.run(
        """document.querySelectorAll(".o_qifei_announcement_banner .btn-close")
            .forEach((button) => button.click())"""
    )
    browser.run("new Promise((resolve) => setTimeout(resolve, 300))")


def _action(name, addon="qifei_aftersales"):
    return f"action-{addon}.{name}"


def documents(studio):
    server = studio.server
    order = server.find(
        "qifei.work.order",
        [("state", "in", ("verified", "closed")), ("amount_customer", ">", 0)],
    )
    # A printed document speaks the language of its customer.
    partner = server.call("qifei.work.order", "read", [order], ["partner_id"])[0]
    customer = partner["partner_id"][:1]
    server.call("res.partner", "write", customer, {"lang": studio.locale})
    content = server.pdf("qifei_aftersales.report_service_sheet", order)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sheet.pdf"
        source.write_bytes(content)
        subprocess.run(
            ["pdftoppm", "-png", "-r", "100", "-f", "1", "-l", "1", "-singlefile"]
            + [source, source.with_suffix("")],
            check=True,
        )
        image = Image.open(source.with_suffix(".png")).convert("L")
        _left, _upper, _right, lower = ImageOps.invert(image).getbbox()
        target = io.BytesIO()
        page = Image.open(source.with_suffix(".png"))
        page.crop((0, 0, page.width, lower + 40)).save(target, "PNG")
        studio.keep("service-sheet", target.getvalue())


# === PARTS === #


def parts(studio):
    """The screens of spare parts, and what a service point sees on the phone."""
    server = studio.server
    studio.enter("keeper")
    for name, action, wait_for in (
        ("part-requests", "qifei_part_request_action", ".o_data_row, .o_kanban_record"),
        ("part-stock", "qifei_part_stock_action", ".o_data_row"),
        ("part-map", "qifei_part_stock_action_map", ".leaflet-interactive"),
        ("old-parts", "qifei_old_part_action", ".o_data_row, .o_kanban_record"),
        ("part-suggestions", "qifei_part_suggestion_action", ".o_data_row"),
    ):
        studio.screen(_action(action, "qifei_parts"), wait_for)
        _put_announcement_away(studio.browser)
        studio.keep(name)
    records = (
        ("part-request", "qifei.part.request", [("state", "=", "received")]),
        ("part-statement", "qifei.part.statement", [("state", "=", "sent")]),
    )
    for name, model, domain in records:
        action = _action(f"{model.replace('.', '_')}_action", "qifei_parts")
        studio.screen(f"{action}/{server.find(model, domain)}", ".o_form_view")
        _put_announcement_away(studio.browser)
        studio.keep(name)
    studio.enter("partner")
    for name, path in (
        ("my-parts", "/my/parts"),
        ("my-part-request", "/my/part-requests/new"),
    ):
        studio.page(path, "#wrap")
        studio.keep(name)


# === WEBSITE === #


def booking(studio):
    browser = studio.browser
    studio.enter()
    studio.page("/service", "#wrap")
    studio.keep("service")
    studio.page("/service/book", ".o_qifei_next:not(.d-none)")
    browser.run(
        """document.querySelectorAll('input[name="ticket_type"]')[0]
            .closest("label").click()"""
    )
    _choose_category(browser)
    _scroll_below_header(browser, "#qifei_what")
    studio.keep("booking-1")
    _next(browser, 2)
    browser.run(
        """[...document.querySelectorAll('input[name="symptoms"]')]
            .map((input) => input.closest("label"))
            .filter((label) => label.offsetParent).slice(0, 2)
            .forEach((label) => label.click())"""
    )
    text = {
        "en_US": "It hums but does not cool any more since this morning.",
        "zh_CN": "从今天早上开始有嗡嗡声，但不再制冷。",
    }
    browser.fill('textarea[name="description"]', text[studio.locale])
    studio.keep("booking-2")
    _next(browser, 3)
    studio.keep("booking-3")


def _choose_category(browser):
    """Go down the tree of machines to a leaf, as a thumb would."""
    for _level in range(4):
        went_on = browser.run(
            """(() => {
                const tiles = [...document.querySelectorAll(
                    '.o_qifei_categories label.o_qifei_tile'
                )].filter((tile) => tile.offsetParent);
                const open = tiles.find((tile) => !tile.querySelector("input").checked);
                if (!open || tiles.some((tile) => tile.dataset.leaf === "1"
                    && tile.querySelector("input").checked)) {
                    return false;
                }
                open.click();
                return true;
            })()"""
        )
        browser.run("new Promise((resolve) => setTimeout(resolve, 400))")
        if not went_on:
            return


def _next(browser, screen):
    shown = f'.o_qifei_screen[data-screen="{screen}"]'
    if not browser.run(f"document.querySelector('{shown}').offsetParent !== null"):
        browser.click(".o_qifei_next")
    browser.run("new Promise((resolve) => setTimeout(resolve, 600))")
    if not browser.run(f"document.querySelector('{shown}').offsetParent !== null"):
        raise RuntimeError(f"The booking does not go on to screen {screen}.")


def portal(studio):
    server = studio.server
    studio.enter()
    for name, domain, top in (
        ("tracking", [("state", "=", "en_route")], "body"),
        ("estimate", [("estimate_state", "=", "sent")], ".o_qifei_estimate"),
    ):
        order = server.find("qifei.work.order", domain)
        address = server.call("qifei.work.order", "get_portal_url", [order])
        studio.page(address, "#wrap")
        _scroll_below_header(studio.browser, top)
        studio.keep(name)
    studio.page("/service/warranty", "#wrap")
    studio.keep("warranty")
    studio.enter("customer")
    studio.page("/my", "#wrap")
    studio.keep("my")
    studio.page("/my/tickets", "#wrap")
    studio.keep("my-tickets")


def _scroll_below_header(browser, selector):
    """Put an element at the top of the window, wherever the page went by itself."""
    browser.run(
        f"""(() => {{
            const header = document.querySelector("header").offsetHeight;
            const place = document.querySelector({json.dumps(selector)});
            const page = document.querySelector("#wrapwrap");
            for (const scrolled of [page, document.documentElement]) {{
                scrolled.scrollTop += place.getBoundingClientRect().top - header - 12;
            }}
        }})()"""
    )
    browser.run("new Promise((resolve) => setTimeout(resolve, 600))")


def main(folder):
    server = Server(os.environ["QIFEI_URL"], os.environ["QIFEI_DB"])
    chosen = os.environ.get("QIFEI_PICTURES", "").split()
    scenes = (back_office, documents, parts, booking, portal)
    with Browser() as browser:
        browser.live_in("Asia/Shanghai")
        for language, locale in LANGUAGES.items():
            server.speak(locale)
            studio = Studio(server, browser, Path(folder), language)
            for scene in scenes:
                if not chosen or scene.__name__ in chosen:
                    scene(studio)
        server.speak(LANGUAGES["en"])


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (RuntimeError, requests.RequestException, json.JSONDecodeError) as error:
        sys.exit(f"Error: {error}")
