"""The wheels in a clean environment, into a database that is in use already."""

import subprocess
import sys
import xmlrpc.client
from dataclasses import dataclass

import pytest
import requests
from qifei import addons, environment, paths, templates, wheels
from qifei.odoo import Instance, free_port

ADMIN = "admin"
CUSTOMERS, MACHINES = 40, 12
# What a company has in its database before it has the suite.
EXISTING = f"""
customers = env["res.partner"].create(
    [{{"name": f"Existing customer {{n}}"}} for n in range({CUSTOMERS})]
)
machines = env["product.product"].create(
    [
        {{"name": f"Existing machine {{n}}", "is_storable": True, "list_price": 10 + n}}
        for n in range({MACHINES})
    ]
)
warehouse = env["stock.warehouse"].search([], limit=1)
for number, machine in enumerate(machines, 1):
    env["stock.quant"]._update_available_quantity(
        machine, warehouse.lot_stock_id, number
    )
env.cr.commit()
"""
STATE = """
    SELECT name || active FROM res_partner WHERE name LIKE 'Existing%'
    UNION ALL
    SELECT t.name ->> 'en_US' || '|' || t.list_price || '|' || sum(q.quantity)
      FROM product_product p
      JOIN product_template t ON t.id = p.product_tmpl_id
      JOIN stock_quant q ON q.product_id = p.id
      JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'
     WHERE t.name ->> 'en_US' LIKE 'Existing%' GROUP BY t.id
     ORDER BY 1
"""


class WheelEnvironment(environment.Environment):
    """Odoo's own addons folders only: the suite comes from the wheels."""

    @property
    def addons_path(self):
        return ",".join(map(str, self.odoo.addons_path))


@dataclass
class Installed:
    """The database with the suite from wheels, served, and what it had before."""

    instance: Instance
    database: str
    state: list
    url: str


@pytest.fixture(scope="module")
def clean_environment(instance, tmp_path_factory):
    """A new virtual environment with Odoo's pinned needs and our wheels."""
    folder = tmp_path_factory.mktemp("wheels")
    built = wheels.build(instance.environment, folder, log="e2e-wheels")
    assert len(built) == len(addons.suite())
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run(
        [venv / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps"]
        + ["--disable-pip-version-check"]
        + ["-r", paths.TOOLS / "odoo-requirements.txt"]
        + ["-r", paths.ROOT / "requirements.txt", *built],
        check=True,
    )
    return WheelEnvironment(instance.environment.odoo, venv)


@pytest.fixture(scope="module")
def installed(instance, template, database, clean_environment, tmp_path_factory):
    """Install the wheels into a database with customers, products and stock."""
    name = database("wheels", source=templates.lower_layer(template))
    instance.install(name, ["stock"], log="e2e-wheels", options=["--with-demo"])
    script = tmp_path_factory.mktemp("script") / "existing.py"
    script.write_text(EXISTING)
    instance.script(name, script, log="e2e-wheels", failure="No existing data")
    state = instance.server.query(STATE, name)
    from_wheels = Instance("wheels", clean_environment, instance.server)
    from_wheels.adopt_files(instance, name)
    from_wheels.install(name, list(addons.suite()), log="e2e-wheels")
    port = free_port()
    with from_wheels.serve(name, port, log="e2e-wheels-server"):
        yield Installed(from_wheels, name, state, f"http://127.0.0.1:{port}")


def test_addons_come_from_the_wheels(installed):
    python = installed.instance.environment.python
    query = "import odoo.addons.qifei_base as addon; print(addon.__file__)"
    where = subprocess.run(
        [python, "-c", query],
        env=installed.instance.variables,
        cwd=installed.instance.home,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert where.startswith(str(installed.instance.environment.venv))


def test_every_addon_is_installed(installed):
    states = installed.instance.server.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'"
        " AND name LIKE 'qifei%' ORDER BY name",
        installed.database,
    )
    assert states == sorted(addons.suite())


def test_what_was_there_is_still_there(installed):
    assert len(installed.state) == CUSTOMERS + MACHINES
    assert installed.instance.server.query(STATE, installed.database) == (
        installed.state
    )


@pytest.fixture(scope="module")
def call(installed):
    """Return a function that calls a method as the administrator, by RPC."""
    common = xmlrpc.client.ServerProxy(f"{installed.url}/xmlrpc/2/common")
    models = xmlrpc.client.ServerProxy(f"{installed.url}/xmlrpc/2/object")
    user = common.authenticate(installed.database, ADMIN, ADMIN, {})

    def call(model, method, *arguments, **options):
        return models.execute_kw(
            installed.database, user, ADMIN, model, method, arguments, options
        )

    return call


def test_existing_customer_and_machine_get_service(call):
    [customer] = call("res.partner", "search", [("name", "=", "Existing customer 7")])
    [machine] = call("product.product", "search", [("name", "=", "Existing machine 3")])
    values = {"partner_id": customer, "product_id": machine, "description": "Rattles"}
    ticket = call("qifei.ticket", "create", values)
    [read] = call("qifei.ticket", "read", [ticket], fields=["name", "state"])
    assert read["state"] == "new"
    assert read["name"].startswith("TK")


def test_existing_warehouses_give_out_existing_stock(call):
    warehouses = call("stock.warehouse", "search_read", [], ["qifei_ship_type_id"])
    assert warehouses
    assert all(warehouse["qifei_ship_type_id"] for warehouse in warehouses)
    [part] = call("product.product", "search", [("name", "=", "Existing machine 5")])
    call("product.product", "write", [part], {"qifei_is_part": True})
    engineer = call("qifei.engineer", "create", {"name": "First engineer"})
    line = {"product_id": part, "quantity": 2}
    values = {"engineer_id": engineer, "line_ids": [(0, 0, line)]}
    request = call("qifei.part.request", "create", values)
    call("qifei.part.request", "action_submit", [request])
    [asked] = call(
        *("qifei.part.request.line", "search_read", [("request_id", "=", request)]),
        ["free_at_source", "quantity_missing", "state"],
    )
    # Machines are numbered from 0, their quantities from 1.
    assert (asked["state"], asked["free_at_source"]) == ("submitted", 6)
    assert not asked["quantity_missing"]


@pytest.mark.parametrize("path", ["/service", "/service/book", "/web/login"])
def test_public_pages_are_served(installed, path):
    page = requests.get(installed.url + path, timeout=60)
    assert page.status_code == 200
    assert page.url == installed.url + path
