"""`make lighthouse`: audit the public pages on a phone, in the demo.

Fails when accessibility, best practices or search engines get less than 95 points.
QIFEI_URL names a running demo to use instead of one of its own.
"""

import contextlib
import json
import os
import tempfile
import xmlrpc.client
from pathlib import Path

from qifei import console, debian, environment, postgres, process
from qifei.odoo import Instance, free_port
from qifei.templates import suite_template

DATABASE = "qifei_lighthouse"
CATEGORIES = ("accessibility", "best-practices", "seo")
LEAST = 95
PAGES = ("/service", "/service/book", "/service/track", "/service/warranty")
# A page a customer opens by the link of a message: model and state of its document.
DOCUMENTS = (("qifei.ticket", "open"), ("qifei.work.order", "en_route"))
OPTIONS = (
    "--quiet",
    "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    f"--only-categories={','.join(CATEGORIES)}",
    "--form-factor=mobile",
    "--screenEmulation.mobile",
    "--screenEmulation.width=360",
    "--screenEmulation.height=740",
    "--output=json",
)


def main():
    missing = debian.browser_packages()
    if missing:
        debian.install(missing)
    prepared = environment.prepare(node=True)
    with contextlib.ExitStack() as stack:
        url = os.environ.get("QIFEI_URL") or _serve(prepared, stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        poor = 0
        for page in (*PAGES, *_document_pages(url)):
            poor += _audit(prepared, url, page, folder)
    return 1 if poor else 0


def _serve(prepared, stack):
    server = stack.enter_context(postgres.server("test", settings=postgres.FAST))
    instance = Instance("test", prepared, server)
    instance.copy(suite_template(instance), DATABASE)
    stack.callback(instance.drop, DATABASE)
    port = free_port()
    stack.enter_context(instance.serve(DATABASE, port, log=DATABASE))
    os.environ["QIFEI_DB"] = DATABASE
    return f"http://127.0.0.1:{port}"


def _document_pages(url):
    """Read the links of the demo's documents as its agent."""
    database = os.environ.get("QIFEI_DB", "qifei_demo")
    common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
    user_id = common.authenticate(database, "agent", "agent", {})
    models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")
    for model, state in DOCUMENTS:
        for document in models.execute_kw(
            database,
            user_id,
            "agent",
            model,
            "search_read",
            [[["state", "=", state], ["access_token", "!=", False]]],
            {"fields": ["access_url", "access_token"], "limit": 1},
        ):
            yield f"{document['access_url']}?access_token={document['access_token']}"


def _audit(prepared, url, page, folder):
    """Audit one page; print its points and what lowers them; return 1 if too few."""
    report = folder / "report.json"
    process.run(
        ["lighthouse", url + page, *OPTIONS, f"--output-path={report}"],
        log="lighthouse",
        failure="Lighthouse could not open the page",
        env={
            **prepared.variables,
            "CHROME_PATH": debian.browser(),
        },
    )
    result = json.loads(report.read_text())
    points = {
        name: round(100 * result["categories"][name]["score"]) for name in CATEGORIES
    }
    poor = min(points.values()) < LEAST
    title = ", ".join(f"{name} {number}" for name, number in points.items())
    console.say(f"{'✗' if poor else '✓'} {page.split('?')[0]}: {title}")
    if poor:
        for name in CATEGORIES:
            _explain(result, name)
    return int(poor)


def _explain(result, name):
    for reference in result["categories"][name]["auditRefs"]:
        audit = result["audits"][reference["id"]]
        if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
            console.say(f"    {name}: {audit['title']}")
            for item in audit.get("details", {}).get("items", [])[:3]:
                snippet = item.get("node", {}).get("snippet") or item.get("description")
                console.say(f"        {snippet}")
