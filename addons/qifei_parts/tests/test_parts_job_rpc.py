import base64
import re
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .parts_job_common import PartsJobMixin

FINGERPRINT = re.compile(r'name="fingerprint" value="([^"]+)"')


class Json2Client:
    """What an integrator writes: an address and a bearer key, nothing of Odoo."""

    class RefusedError(Exception):
        pass

    def __init__(self, case, key):
        self.case, self.key = case, key

    def call(self, model, method, ids=None, **values):
        answer = self.case.url_open(
            f"/json/2/{model}/{method}",
            json={**({"ids": ids} if ids is not None else {}), **values},
            headers={"Authorization": f"bearer {self.key}"},
        )
        if answer.status_code != 200:
            raise self.RefusedError(answer.text)
        return answer.json()

    def add(self, model, **values):
        return self.call(model, "create", vals_list=[values])[0]

    def change(self, model, ids, **values):
        return self.call(model, "write", ids, vals=values)

    def find(self, model, domain):
        return self.call(model, "search", domain=domain)

    def get(self, model, record_id, name):
        return self.call(model, "read", [record_id], fields=[name])[0][name]


@tagged("post_install", "-at_install")
class TestPartsJobRpc(PartsJobMixin, HttpCase):
    """The way of a part from outside; each role does its own steps and no other's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_parts_job()

    def setUp(self):
        super().setUp()
        self.as_engineer = self.connect(self.engineer_user)
        self.as_keeper = self.connect(self.keeper)
        self.as_manager = self.connect(self.manager)
        self.as_partner = self.connect(self.portal_user)

    def connect(self, user):
        # sudo: res.users.apikeys - a key as the user makes it in his preferences
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        expiry = fields.Datetime.now() + timedelta(days=1)
        return Json2Client(self, keys._generate("rpc", "integration", expiry))

    @contextmanager
    def assertRefused(self, sentence):
        """Expect one clear sentence instead of the call of the block."""
        with (
            mute_logger("odoo.http"),
            self.assertRaises(Json2Client.RefusedError) as caught,
        ):
            yield
        self.assertIn(sentence, str(caught.exception))

    def post(self, user, url, files=None, **data):
        """Send a form of the portal as the user."""
        self.authenticate(user.login, user.login)
        data["csrf_token"] = http.Request.csrf_token(self)
        answer = self.url_open(url, data=data, files=files)
        self.authenticate(None, None)
        return answer.text

    def test_from_shelf_to_machine(self):
        request_id = self.ask()
        self.ship(request_id)
        self.receive(request_id)
        self.settle(request_id)
        self.use()
        self.return_old_parts()
        self.supply_point()
        self.close_month()

    def test_partner_counts_numbered_pieces(self):
        """A service point says in the portal which of its numbered pieces is broken."""
        self.post(
            self.portal_user,
            "/my/part-requests/submit",
            **{f"quantity_{self.motor.id}": "2"},
        )
        requests = "qifei.part.request"
        [request_id] = self.as_partner.find(requests, [])
        self.as_keeper.call(requests, "action_approve", [request_id])
        self.as_keeper.call(requests, "action_ship", [request_id])
        [line_id] = self.as_partner.get(requests, request_id, "line_ids")
        good, broken = self.lots[:2]
        page = self.count_parcel(
            request_id,
            {
                f"good_{line_id}_{good.id}": "1",
                f"damaged_{line_id}_{broken.id}": "1",
            },
            {f"photos_{line_id}_{broken.id}": ("broken.png", self.create_photo())},
        )
        self.assertIn("Damaged", page)
        damaged = self.env["qifei.part.discrepancy"].search(
            [("request_id", "=", request_id)]
        )
        self.assertRecordValues(damaged, [{"kind": "damaged", "lot_id": broken.id}])
        self.assertPieces(self.motor, stock=3, transit=1, point=1)

    # === STEPS === #

    def ask(self):
        self.as_engineer.add(
            "qifei.work.order.part",
            order_id=self.order.id,
            product_id=self.motor.id,
            quantity=3,
        )
        orders = "qifei.work.order"
        with self.assertRefused("not allowed"):
            self.as_partner.call(orders, "action_request_parts", [self.order.id])
        self.as_engineer.call(orders, "action_request_parts", [self.order.id])
        order = self.order
        self.assertEqual(self.as_keeper.get(orders, order.id, "state"), "on_hold")
        request_ids = self.as_engineer.get(orders, order.id, "part_request_ids")
        self.assertEqual(len(request_ids), 1)
        return request_ids[0]

    def ship(self, request_id):
        requests = "qifei.part.request"
        with self.assertRefused("You may not do"):
            self.as_engineer.call(requests, "action_approve", [request_id])
        with self.assertRefused("possible only from"):
            self.as_manager.call(requests, "action_ship", [request_id])
        self.as_manager.call(requests, "action_approve", [request_id])
        self.assertPieces(self.motor, stock=5)
        with self.assertRefused("not allowed"):
            self.as_engineer.add("qifei.part.request.ship", request_id=request_id)
        with self.assertRefused("You may not do"):
            self.as_engineer.call(requests, "action_ship", [request_id])
        self.send(request_id, 2, "SW-77001")
        self.assertPieces(self.motor, stock=3, transit=2)

    def send(self, request_id, quantity, tracking):
        wizard = "qifei.part.request.ship"
        wizard_id = self.as_keeper.add(
            wizard,
            request_id=request_id,
            carrier_id=self.carrier.id,
            tracking=tracking,
        )
        line_ids = self.as_keeper.get(wizard, wizard_id, "line_ids")
        self.as_keeper.change(f"{wizard}.line", line_ids, quantity=quantity)
        self.as_keeper.call(wizard, "action_confirm", [wizard_id])

    def receive(self, request_id):
        wizard = "qifei.part.request.receive"
        with self.assertRefused("not allowed"):
            self.as_partner.add(wizard, request_id=request_id)
        wizard_id = self.as_engineer.add(wizard, request_id=request_id)
        _good, broken = self.as_engineer.get(wizard, wizard_id, "line_ids")
        self.as_engineer.change(f"{wizard}.line", [broken], good=0, damaged=1)
        with self.assertRefused("take a photo"):
            self.as_engineer.call(wizard, "action_confirm", [wizard_id])
        self.assertPieces(self.motor, stock=3, transit=2)
        photo_id = self.as_engineer.add(
            "ir.attachment",
            name="broken.png",
            datas=base64.b64encode(self.create_photo()).decode(),
        )
        self.as_engineer.change(
            f"{wizard}.line", [broken], photo_ids=[[6, 0, [photo_id]]]
        )
        self.as_engineer.call(wizard, "action_confirm", [wizard_id])
        self.assertPieces(self.motor, stock=3, transit=1, van=1)

    def settle(self, request_id):
        discrepancies = "qifei.part.discrepancy"
        found = self.as_keeper.find(discrepancies, [["request_id", "=", request_id]])
        how = {"settlement": "defective", "replace": True}
        with self.assertRefused("You may not do"):
            self.as_engineer.call(discrepancies, "action_settle", found, **how)
        self.as_keeper.call(discrepancies, "action_settle", found, **how)
        self.send(request_id, 2, "SW-77002")
        requests = "qifei.part.request"
        self.as_engineer.call(requests, "action_receive", [request_id])
        self.assertEqual(self.as_keeper.get(requests, request_id, "state"), "done")
        self.assertPieces(self.motor, stock=1, van=3, defective=1)
        self.assertRecordValues(
            self.order, [{"state": "accepted", "held_for_parts": False}]
        )

    def use(self):
        orders, needs = "qifei.work.order", "qifei.work.order.part"
        order_ids = self.order.ids
        need_ids = self.as_engineer.get(orders, self.order.id, "part_ids")
        self.as_engineer.call(orders, "action_depart", order_ids)
        self.as_engineer.call(
            orders, "action_arrive", order_ids, latitude=31.23, longitude=121.47
        )
        with self.assertRefused("who makes the visit"):
            self.book(self.as_keeper, needs, need_ids)
        self.book(self.as_engineer, needs, need_ids)
        self.assertPieces(self.motor, stock=1, held=3, defective=1)
        fitted = self.env["qifei.equipment.part"].search(
            [("equipment_id", "=", self.machine.id)]
        )
        self.assertEqual(sorted(fitted.mapped("serial")), ["FM-1", "FM-3", "FM-4"])
        self.as_engineer.change(
            orders, order_ids, diagnosis="Worn bearings", result="solved"
        )
        self.as_engineer.call(orders, "action_complete", order_ids)
        self.assertEqual(self.as_engineer.get(orders, self.order.id, "state"), "done")

    def book(self, client, needs, need_ids):
        """Use what the wizard proposes: the three pieces that lie in the van."""
        action = client.call(needs, "action_use", need_ids)
        client.call(action["res_model"], "action_book", [action["res_id"]])

    def return_old_parts(self):
        old_parts = "qifei.old.part"
        domain = [["order_id", "=", self.order.id]]
        owed = self.as_engineer.find(old_parts, domain)
        self.assertEqual(len(owed), 3)
        self.assertFalse(self.as_partner.find(old_parts, domain))
        self.as_engineer.call(old_parts, "action_return", owed)
        with self.assertRefused("You may not do"):
            self.as_engineer.call(old_parts, "action_receive", owed)
        with self.assertRefused("You may not do"):
            self.as_keeper.call(old_parts, "action_waive", owed, reason="Never mind")
        self.as_keeper.call(old_parts, "action_receive", owed)
        self.as_keeper.call(old_parts, "action_inspect", owed, disposition="scrap")
        self.as_keeper.call(old_parts, "action_settle", owed)
        self.assertPieces(self.motor, stock=1, defective=1)

    def supply_point(self):
        requests = "qifei.part.request"
        with self.assertRefused("not allowed"):
            self.as_partner.add(requests, partner_id=self.point.id)
        page = self.post(
            self.portal_user,
            "/my/part-requests/submit",
            **{f"quantity_{self.seal.id}": "3"},
        )
        self.assertIn('data-done="submitted"', page)
        [request_id] = self.as_partner.find(requests, [])
        with self.assertRefused("You may not do"):
            self.as_partner.call(requests, "action_approve", [request_id])
        self.as_keeper.call(requests, "action_approve", [request_id])
        self.send(request_id, 2, "SW-77003")
        self.assertPieces(self.seal, stock=8, transit=2)
        with self.assertRefused("doesn't have 'read' access"):
            self.as_engineer.call(requests, "action_receive", [request_id])
        [line_id] = self.as_partner.get(requests, request_id, "line_ids")
        counts = {f"good_{line_id}": "1", f"damaged_{line_id}": "1"}
        photos = {f"photos_{line_id}": ("broken.png", self.create_photo())}
        page = self.count_parcel(request_id, counts, photos)
        self.assertNotIn("o_qifei_parts_receive", page, "Nothing is left to count.")
        self.send(request_id, 1, "SW-77004")
        self.assertPieces(self.seal, stock=7, transit=2, point=1)
        page = self.count_parcel(request_id, {f"good_{line_id}": "1"})
        discrepancies = "qifei.part.discrepancy"
        found = self.as_keeper.find(discrepancies, [["request_id", "=", request_id]])
        self.as_keeper.call(
            discrepancies, "action_settle", found, settlement="accepted"
        )
        self.assertEqual(self.as_keeper.get(requests, request_id, "state"), "done")
        self.assertPieces(self.seal, stock=7, point=3)

    def count_parcel(self, request_id, counts, photos=None):
        """Count what has arrived in the portal, and return the page that answers."""
        url = f"/my/part-requests/{request_id}/receive"
        page = self.post(self.portal_user, url, files=photos, **counts)
        self.assertIn('data-done="received"', page)
        return page

    def close_month(self):
        month = self.let_the_month_pass()
        draw = "qifei.part.statement.draw"
        with self.assertRefused("not allowed"):
            self.as_engineer.add(draw, month=str(month))
        draw_id = self.as_keeper.add(draw, month=str(month))
        self.as_keeper.call(draw, "action_draw_up", [draw_id])
        statements = "qifei.part.statement"
        mine = [["month", "=", str(month)], ["location_id", "=", self.van.id]]
        van_ids = self.as_keeper.find(statements, mine)
        mine = [["month", "=", str(month)], ["partner_id", "=", self.point.id]]
        point_ids = self.as_keeper.find(statements, mine)
        self.assertFalse(self.as_partner.find(statements, []), "Drafts are not shown.")
        with self.assertRefused("You may not do"):
            self.as_engineer.call(statements, "action_send", van_ids)
        self.as_keeper.call(statements, "action_send", van_ids + point_ids)
        self.close_van(statements, van_ids)
        self.close_point(statements, point_ids)
        for statement in self.env[statements].browse(van_ids + point_ids):
            self.assertEqual(statement.state, "confirmed")
            self.assertFalse(any(statement.line_ids.mapped("difference")))

    def close_van(self, statements, van_ids):
        count = "qifei.part.statement.count"
        count_id = self.as_engineer.call(
            count,
            "create",
            vals_list=[{}],
            context={"default_statement_id": van_ids[0]},
        )
        self.as_engineer.call(count, "action_count_all", count_id)
        with self.assertRefused("You may not do"):
            self.as_engineer.call(statements, "action_confirm", van_ids)
        with self.assertRefused("Only who holds the place"):
            self.as_keeper.call(statements, "action_confirm_as_holder", van_ids)
        self.as_engineer.call(statements, "action_confirm_as_holder", van_ids)
        self.as_keeper.call(statements, "action_confirm", van_ids)

    def close_point(self, statements, point_ids):
        self.assertEqual(self.as_partner.find(statements, []), point_ids)
        [point_id] = point_ids
        [line_id] = self.as_partner.get(statements, point_id, "line_ids")
        url = f"/my/part-statements/{point_id}"
        counted = f"counted_{line_id}"
        seen = FINGERPRINT.search(self.read_as_partner(url)).group(1)
        self.post(self.portal_user, f"{url}/count", **{counted: "2"})
        with self.assertRefused("what was counted differs"):
            self.as_manager.call(statements, "action_confirm", point_ids)
        page = self.read_as_partner(url)
        self.assertIn("what was counted differs", page)
        self.assertNotIn(f"{url}/confirm", page)
        page = self.post(self.portal_user, f"{url}/confirm", fingerprint=seen)
        self.assertIn("what was counted differs", page)
        self.assertFalse(self.env[statements].browse(point_id).holder_confirmed_on)
        self.post(self.portal_user, f"{url}/count", **{counted: "3"})
        seen = FINGERPRINT.search(self.read_as_partner(url)).group(1)
        page = self.post(self.portal_user, f"{url}/confirm", fingerprint=seen)
        self.assertIn('data-done="confirmed"', page)
        self.as_manager.call(statements, "action_confirm", point_ids)

    def read_as_partner(self, url):
        """Return the page of the portal."""
        self.authenticate(self.portal_user.login, self.portal_user.login)
        return self.url_open(url).text
