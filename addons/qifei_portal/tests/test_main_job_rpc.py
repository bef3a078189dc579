import base64
import re
import xmlrpc.client
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import draw_picture

from .common import draw_signature
from .main_job_common import MainJobMixin

CSRF_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


class XmlRpcClient:
    """What an integrator writes: database, user id and API key, nothing of Odoo."""

    refusal = xmlrpc.client.Fault

    def __init__(self, case, user, key):
        self.case, self.user_id, self.key = case, user.id, key

    def call(self, model, method, ids=None, args=(), **values):
        arguments = [*([ids] if ids is not None else []), *args]
        return self.case.xmlrpc_object.execute_kw(
            self.case.env.cr.dbname,
            self.user_id,
            self.key,
            model,
            method,
            arguments,
            values,
        )

    def add(self, model, values):
        return self.call(model, "create", args=[[values]])[0]

    def change(self, model, ids, values):
        return self.call(model, "write", ids, args=[values])


class Json2Client:
    """The same with JSON and a bearer key."""

    class RefusedError(Exception):
        pass

    refusal = RefusedError

    def __init__(self, case, user, key):
        self.case, self.key = case, key

    def call(self, model, method, ids=None, args=(), **values):
        answer = self.case.url_open(
            f"/json/2/{model}/{method}",
            json={**({"ids": ids} if ids is not None else {}), **values},
            headers={"Authorization": f"bearer {self.key}"},
        )
        if answer.status_code != 200:
            raise self.RefusedError(answer.text)
        return answer.json()

    def add(self, model, values):
        return self.call(model, "create", vals_list=[values])[0]

    def change(self, model, ids, values):
        return self.call(model, "write", ids, vals=values)


@tagged("post_install", "-at_install")
class TestMainJobRpc(MainJobMixin, HttpCase):
    """The main job driven from outside: every role is another program with a key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_main_job()

    def connect(self, client, user):
        # sudo: res.users.apikeys - a key as the user makes it in his preferences
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        expiry = fields.Datetime.now() + timedelta(days=1)
        return client(self, user, keys._generate("rpc", "integration", expiry))

    def test_over_xml_rpc(self):
        self.walk(XmlRpcClient)

    def test_over_json_2(self):
        self.walk(Json2Client)

    def walk(self, client):
        agent = self.connect(client, self.agent)
        ticket_id = self.book(agent)
        order_id = self.take_on(agent, ticket_id)
        self.assign(self.connect(client, self.dispatcher), order_id)
        engineer = self.connect(client, self.engineer_user)
        self.visit(engineer, order_id)
        [link] = agent.call(
            "qifei.work.order",
            "read",
            [order_id],
            fields=["access_url", "access_token"],
        )
        self.answer_estimate(link)
        engineer.call("qifei.work.order", "action_complete", [order_id])
        self.sign_and_rate(link)
        self.bill(self.connect(client, self.manager), order_id)
        order = self.env["qifei.work.order"].browse(order_id)
        self.env.invalidate_all()
        self.assertRecordValues(
            order,
            [
                {
                    "state": "closed",
                    "estimate_state": "accepted",
                    "checkin_latitude": 31.2304,
                    "amount_customer": 250,
                    "invoice_state": "posted",
                    "signed_by": "Dora Customer",
                }
            ],
        )
        self.assertEqual(order.ticket_id.state, "solved")
        self.assertEqual(order.rating_ids.rating, 5)
        self.check_service_sheet(order)

    # === STEPS === #

    def book(self, agent):
        ticket_id = agent.add(
            "qifei.ticket",
            {
                "ticket_type_id": self.visit_type.id,
                "channel": "api",
                "partner_id": self.customer.id,
                "product_category_id": self.coolers.id,
                "symptom_ids": [[6, 0, [self.symptom.id]]],
                "description": "From another system",
                "preferred_start": "2030-06-03 01:00:00",
                "preferred_end": "2030-06-03 03:00:00",
            },
        )
        agent.add(
            "ir.attachment",
            {
                "name": "plate.png",
                "res_model": "qifei.ticket",
                "res_id": ticket_id,
                "datas": base64.b64encode(draw_picture()).decode(),
            },
        )
        return ticket_id

    def take_on(self, agent, ticket_id):
        agent.call("qifei.ticket", "action_open", [ticket_id])
        action = agent.call("qifei.ticket", "action_create_work_order", [ticket_id])
        # An impossible move is refused with a sentence, whoever asks.
        with self.assertRefused(agent, "possible only from"):
            agent.call("qifei.ticket", "action_reopen", [ticket_id])
        return action["res_id"]

    def assign(self, dispatcher, order_id):
        dispatcher.change(
            "qifei.work.order", [order_id], {"engineer_id": self.engineer.id}
        )
        dispatcher.call("qifei.work.order", "action_assign", [order_id])
        with self.assertRefused(dispatcher, "You may not do"):
            dispatcher.call("qifei.work.order", "action_accept", [order_id])
            dispatcher.call("qifei.work.order", "action_depart", [order_id])

    def visit(self, engineer, order_id):
        orders = "qifei.work.order"
        state = engineer.call(orders, "read", [order_id], fields=["state"])[0]["state"]
        if state == "assigned":
            engineer.call(orders, "action_accept", [order_id])
        engineer.call(orders, "action_depart", [order_id])
        engineer.call(
            orders,
            "action_arrive",
            [order_id],
            latitude=31.2304,
            longitude=121.4737,
            accuracy=12,
        )
        engineer.change(
            orders,
            [order_id],
            {
                "diagnosis": "The fan bearing was worn; bearing replaced.",
                "result": "solved",
            },
        )
        engineer.add(
            "qifei.work.order.line",
            {"order_id": order_id, "product_id": self.labour.id, "quantity": 1},
        )
        engineer.call(orders, "action_send_estimate", [order_id])
        with self.assertRefused(engineer, "has not answered the estimate"):
            engineer.call(orders, "action_complete", [order_id])

    def answer_estimate(self, link):
        answer = self.make_jsonrpc_request(
            f"{link['access_url']}/estimate/accept",
            {
                "access_token": link["access_token"],
                "name": "Dora Customer",
                "signature": draw_signature(),
            },
        )
        self.assertTrue(answer.get("force_refresh"), answer)

    def sign_and_rate(self, link):
        answer = self.make_jsonrpc_request(
            f"{link['access_url']}/verify/sign",
            {
                "access_token": link["access_token"],
                "name": "Dora Customer",
                "signature": draw_signature(),
            },
        )
        page = self.url_open(answer["redirect_url"])
        answer = self.url_open(
            f"{link['access_url']}/rate",
            data={
                "csrf_token": CSRF_FIELD.search(page.text).group(1),
                "access_token": link["access_token"],
                "stars": "5",
                "remark": "From another system",
            },
        )
        self.assertIn('data-done="rated"', answer.text)

    def bill(self, manager, order_id):
        orders = "qifei.work.order"
        with self.assertRefused(manager, "not billed yet"):
            manager.call(orders, "action_close", [order_id])
        manager.call(orders, "action_create_invoice", [order_id])
        invoice_ids = manager.call(orders, "read", [order_id], fields=["invoice_ids"])
        manager.call("account.move", "action_post", invoice_ids[0]["invoice_ids"])
        manager.call(orders, "action_close", [order_id])

    @contextmanager
    def assertRefused(self, client, sentence):
        """Expect one clear sentence instead of the last call of the block."""
        with (
            mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc"),
            self.assertRaises(client.refusal) as caught,
        ):
            yield
        self.assertIn(sentence, str(caught.exception))
