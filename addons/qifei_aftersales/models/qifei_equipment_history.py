from odoo import fields, models


class QifeiEquipment(models.Model):
    """Life of a machine: cards, tickets and orders, and their numbers."""

    _name = "qifei.equipment"
    _inherit = ["qifei.equipment", "qifei.history.mixin"]

    ticket_count = fields.Integer(
        string="Number of tickets", compute="_compute_ticket_count"
    )
    order_count = fields.Integer(
        string="Number of work orders", compute="_compute_order_count"
    )

    # === COMPUTES === #

    def _compute_ticket_count(self):
        counts = dict(
            self.env["qifei.ticket"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.ticket_count = counts.get(equipment, 0)

    def _compute_order_count(self):
        counts = dict(
            self.env["qifei.work.order"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.order_count = counts.get(equipment, 0)

    # === ACTIONS === #

    def action_view_tickets(self):
        return self._open_documents(
            "qifei_aftersales.qifei_ticket_action",
            {
                "default_equipment_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        )

    def action_view_orders(self):
        return self._open_documents(
            "qifei_aftersales.qifei_work_order_action",
            {
                "default_equipment_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        )

    def action_create_ticket(self):
        """Open a new ticket for this machine and its owner."""
        self.ensure_one()
        action = self.action_view_tickets()
        return {**action, "views": [(False, "form")], "view_mode": "form"}

    def _open_documents(self, xml_id, context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {
            **action,
            "domain": [("equipment_id", "=", self.id)],
            "context": context,
        }

    # === HISTORY === #

    def _get_history_sources(self):
        own = [("equipment_id", "=", self.id)]
        return [
            self._get_card_source([*own, ("state", "!=", "draft")]),
            self._get_ticket_source(own),
            self._get_order_source(own),
        ]

    def _get_history(self, limit=100):
        """Add purchase, installation and retirement of the machine."""
        events = super()._get_history(limit)
        for name, kind, icon in (
            ("date_retired", self.env._("Retired"), "fa-archive"),
            ("date_installation", self.env._("Installed"), "fa-plug"),
            ("date_purchase", self.env._("Purchased"), "fa-shopping-cart"),
        ):
            if self[name]:
                events.append(
                    {
                        "date": fields.Datetime.to_datetime(self[name]),
                        "kind": "life",
                        "label": self.env._("Life"),
                        "icon": icon,
                        "title": kind,
                        "subtitle": "",
                        "badge": "",
                        "badge_color": "secondary",
                        "record": self,
                    }
                )
        return sorted(events, key=lambda event: event["date"], reverse=True)
