import base64
import io
from datetime import datetime

from PIL import Image

from odoo.fields import Command
from odoo.tests import TransactionCase


def draw_picture(size=(60, 30), colour="navy", form="PNG"):
    """Return a small picture as bytes."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, form)
    return stream.getvalue()


class DocumentCase(TransactionCase):
    """A company in Shanghai with an engineer, a machine and customers' orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "lang": "en_US"}
        )
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms(["qifei_aftersales"], ["zh_CN"])
        cls.yuan = cls.env.ref("base.CNY")
        cls.yuan.active = True
        cls.company = cls.env["res.company"].create(
            {
                "name": "Lighthouse Service",
                "currency_id": cls.yuan.id,
                "country_id": cls.env.ref("base.cn").id,
                "email": "service@lighthouse.example",
                "phone": "+86 21 5555 0100",
            }
        )
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company = cls.company.with_env(cls.env)
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.engineer = cls.env["qifei.engineer"].create(
            {
                "name": "Li Qiang",
                "phone": "+86 139 0013 9000",
                "company_id": cls.company.id,
                "tz": "Asia/Shanghai",
            }
        )
        cls.ticket_type = cls.env["qifei.ticket.type"].create(
            {
                "name": "Emergency repair",
                "code": "emergency",
                "company_id": cls.company.id,
            }
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Fridge F1", "type": "consu"}
        )
        cls.labour = cls.env["product.product"].create(
            {"name": "Labour", "type": "service", "list_price": 120}
        )

    @classmethod
    def create_customers(cls, count=1, **values):
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "phone": f"+86 138 0013 8{number:03d}",
                    "email": f"customer{number}@home.example",
                    "street": "100 Garden Road",
                    "country_id": cls.env.ref("base.cn").id,
                    "lang": "en_US",
                    "qifei_notify_by": "both",
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def create_orders(cls, customers, **values):
        """Create one assigned and accepted order for each customer.

        The window is 3 June 2026, nine to eleven o'clock in Shanghai.
        """
        tickets = cls.env["qifei.ticket"].create(
            [
                {
                    "partner_id": customer.id,
                    "ticket_type_id": cls.ticket_type.id,
                    "company_id": cls.company.id,
                    "product_id": cls.product.id,
                    "description": "It does not cool any more.",
                }
                for customer in customers
            ]
        )
        return cls.env["qifei.work.order"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "engineer_id": cls.engineer.id,
                    "planned_start": datetime(2026, 6, 3, 1),
                    "planned_end": datetime(2026, 6, 3, 3),
                    **values,
                }
                for ticket in tickets
            ]
        )

    @classmethod
    def write_messages(cls):
        """Write the messages that steps have asked for, as the scheduled job does."""
        cls.env["qifei.message.request"].search([])._write_messages()

    @classmethod
    def create_finished_order(cls, lang="en_US"):
        """Create one order up to the signature, with a charge the customer pays."""
        customer = cls.create_customers(lang=lang, qifei_notify_by="none")
        order = cls.create_orders(customer)
        order.action_assign()
        order.action_accept()
        order.action_depart()
        order.action_arrive()
        order.write(
            {
                "diagnosis": "The start relay is burnt. 启动继电器烧毁",
                "result": "solved",
                "photo_ids": [
                    Command.create(
                        {
                            "name": f"photo {number}.jpg",
                            "raw": draw_picture((2000, 1500), "grey", "JPEG"),
                        }
                    )
                    for number in range(6)
                ],
                "line_ids": [
                    Command.create(
                        {
                            "product_id": cls.labour.id,
                            "name": "Labour, refrigeration",
                            "price_unit": 1234.56,
                            "tax_ids": [Command.clear()],
                        }
                    ),
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "name": "Start relay",
                            "price_unit": 85.0,
                            "tax_ids": [Command.clear()],
                        }
                    ),
                ],
            }
        )
        order.line_ids[1]._override_coverage("goodwill", "a regular customer")
        order.action_send_estimate()
        picture = base64.b64encode(draw_picture())
        order._accept_estimate("Wang Fang", picture)
        order.action_complete()
        order._sign("Wang Fang", picture, "very friendly")
        order._rate(4, "well done")
        return order
