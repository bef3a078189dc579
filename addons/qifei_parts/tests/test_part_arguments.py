import contextlib
import inspect

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import force_state

from .common_requests import RequestCase

ADDON = "odoo.addons.qifei_parts."
JUNK = (
    "x",
    "x\x00",
    "",
    7,
    -1,
    1e300,
    float("nan"),
    True,
    False,
    None,
    [1],
    ["x"],
    [[1]],
    {"a": 1},
)
# What a call hands on to the ORM as it is.
ORM_METHODS = {
    "copy_data",
    "create",
    "default_get",
    "generate_xlsx_report",
    "name_search",
    "search_count",
    "search_fetch",
    "write",
}


@tagged("post_install", "-at_install")
class TestPartArguments(RequestCase):
    """Whatever a call from outside sends along is answered with a sentence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.create_orders()
        cls.need = cls.env["qifei.work.order.part"].create(
            {"order_id": cls.order.id, "product_id": cls.part.id, "quantity": 1}
        )
        cls.add_stock(cls.part, 5, place=cls.van)
        cls.part.qifei_old_part_return = True
        cls.old_part = (
            cls.env["qifei.old.part"]
            ._open_for([{"order_part": cls.need, "quantity": 1, "source": cls.van}])
            .sudo(False)
        )
        cls.statement = cls.env["qifei.part.statement"].create(
            {"location_id": cls.van.id, "month": fields.Date.today()}
        )
        request = cls.prepared("ship")
        cls.discrepancy = cls.receive(request, good=2)
        cls.walk(cls.order, "accept")
        cls.book = cls.env["qifei.work.order.part.book"].browse(
            cls.need.action_use()["res_id"]
        )

    def get_states(self):
        """Return ``{(model, method): (record, state the method begins in)}``."""
        return {
            ("qifei.old.part", "action_inspect"): (self.old_part, "received"),
            ("qifei.old.part", "action_waive"): (self.old_part, "owed"),
            ("qifei.part.discrepancy", "action_settle"): (self.discrepancy, "open"),
            ("qifei.part.request", "action_exempt_old_parts"): (
                self.create_request(),
                "draft",
            ),
            ("qifei.part.request", "action_reject"): (
                self.create_request(),
                "submitted",
            ),
            ("qifei.part.statement", "action_reopen"): (self.statement, "confirmed"),
            ("qifei.part.statement.line", "action_open_figure"): (
                self.statement.line_ids[:1],
                None,
            ),
            ("qifei.part.stock", "get_map_places"): (
                self.env["qifei.part.stock"],
                None,
            ),
            ("qifei.work.order", "action_cancel"): (self.order, "assigned"),
            ("qifei.work.order", "action_hold"): (self.order, "on_site"),
            ("qifei.work.order", "action_reject"): (self.order, "assigned"),
            ("qifei.work.order.part.book", "scan"): (self.book, None),
        }

    def get_methods(self):
        """Return ``{(model, method): names of its arguments}`` of this addon."""
        methods = {}
        for model_name, model in self.registry.items():
            for parent in model.mro():
                if not parent.__module__.startswith(ADDON):
                    continue
                for name, function in vars(parent).items():
                    if name.startswith("_") or name in ORM_METHODS:
                        continue
                    if inspect.isfunction(function):
                        _self, *names = inspect.signature(function).parameters
                        if names:
                            methods[model_name, name] = names
        return methods

    def assertAnswered(self, function, *args, **kwargs):
        """Fail when a call ends in anything but an answer or a sentence."""
        undone = "Nothing is kept."
        # The server turns what the database says of a missing value into a sentence.
        with (
            contextlib.suppress(IntegrityError),
            self.assertRaisesRegex(UserError, "."),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            function(*args, **kwargs)
            self.env.flush_all()
            raise UserError(undone)
        self.env.invalidate_all()

    def test_every_method_is_tried(self):
        self.assertEqual(set(self.get_methods()), set(self.get_states()))

    def test_arguments_of_all_kinds(self):
        names_by_method = self.get_methods()
        for key, (record, state) in self.get_states().items():
            if state:
                force_state(record, state)
            for name in names_by_method[key]:
                for value in JUNK:
                    with self.subTest(method=key, name=name, value=value):
                        self.assertAnswered(getattr(record, key[1]), **{name: value})

    def test_arguments_that_name_records(self):
        force_state(self.old_part, "received")
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        photo = self.photo.copy({"res_model": False, "res_id": False})
        self.old_part.action_inspect("supplier", "Worn", [photo.id], vendor.id)
        self.assertEqual(self.old_part.vendor_id, vendor)
        self.assertEqual(self.old_part.photo_ids, photo)

    def test_nothing_to_settle(self):
        self.assertTrue(self.env["qifei.part.discrepancy"].action_settle("lost"))

    def test_values_that_are_missing(self):
        for model_name, model in self.env.items():
            if model_name.startswith("qifei.") and any(
                parent.__module__.startswith(ADDON) for parent in type(model).mro()
            ):
                if model._auto and not model._abstract:
                    with self.subTest(model=model_name):
                        self.assertAnswered(model.create, [{}])
