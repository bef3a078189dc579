import itertools

from odoo.fields import Command

from odoo.addons.qifei_base.tests.common import QifeiCase


class WarrantyCase(QifeiCase):
    """A fridge of a customer and the policy "machine 1 year, main parts 3 years".

    Dates are written out: the fridge was bought on 15 January 2026.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = itertools.count(1)
        cls.company = cls.env.company
        cls.category = cls.env["product.category"].create({"name": "Fridges"})
        cls.main_category = cls.env["product.category"].create({"name": "Main parts"})
        cls.fridge = cls.env["product.product"].create(
            {"name": "Fridge F1", "default_code": "F1", "categ_id": cls.category.id}
        )
        cls.compressor = cls.env["product.product"].create(
            {"name": "Compressor", "categ_id": cls.main_category.id}
        )
        cls.seal = cls.env["product.product"].create({"name": "Door seal"})
        cls.work = cls.env["product.product"].create(
            {"name": "Repair", "type": "service", "qifei_kind": "labour"}
        )
        cls.policy = cls.env["qifei.warranty.policy"].create(
            {
                "name": "Machine 1 year, main parts 3 years",
                "code": "TEST-1-3",
                "category_ids": [Command.set(cls.category.ids)],
                "line_ids": [
                    Command.create(
                        {"component": "machine", "months": 12, "clause": "Machine"}
                    ),
                    Command.create(
                        {
                            "component": "main_part",
                            "months": 36,
                            "clause": "Main parts",
                            "category_ids": [Command.set(cls.main_category.ids)],
                        }
                    ),
                ],
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Wang Fang",
                "phone": "+86 138 0013 8000",
                "email": "wang@home.example",
                "lang": "en_US",
            }
        )
        cls.equipment = cls.create_equipment("SN-1")

    @classmethod
    def create_equipment(cls, serial, **values):
        return cls.env["qifei.equipment"].create(
            {
                "product_id": cls.fridge.id,
                "serial": serial,
                "partner_id": cls.customer.id,
                "date_purchase": "2026-01-15",
                "date_installation": "2026-01-18",
                **values,
            }
        )

    @classmethod
    def create_cards(cls, count, active=True, **values):
        """Create cards of further machines."""
        equipment = cls.env["qifei.equipment"].create(
            [
                {
                    "product_id": cls.fridge.id,
                    "serial": f"MANY-{next(cls.numbers)}",
                    "partner_id": cls.customer.id,
                    "date_purchase": "2026-01-15",
                    **values,
                }
                for _number in range(count)
            ]
        )
        cards = cls.env["qifei.warranty.card"].create(
            [{"equipment_id": machine.id} for machine in equipment]
        )
        if active:
            cards.action_activate()
        return cards

    @classmethod
    def create_order(cls, equipment=None, **values):
        """Create an order with its ticket for a machine."""
        equipment = equipment or cls.equipment
        ticket = cls.env["qifei.ticket"].create(
            {
                "partner_id": equipment.partner_id.id,
                "equipment_id": equipment.id,
                "ticket_type_id": cls.env.ref(
                    "qifei_aftersales.qifei_ticket_type_repair"
                ).id,
            }
        )
        return cls.env["qifei.work.order"].create({"ticket_id": ticket.id, **values})
