from odoo import api, fields, models
from odoo.fields import Domain

from ..const import ORDER_BILLABLE_STATES
from .qifei_history_mixin import HistorySource


class ResPartner(models.Model):
    """Customer 360: what a customer owns, asked for, paid and thought of it.

    A company counts what belongs to its contacts as well.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "qifei.history.mixin"]

    qifei_equipment_count = fields.Integer(
        string="Machines", compute="_compute_qifei_equipment_count"
    )
    qifei_card_count = fields.Integer(
        string="Warranty cards", compute="_compute_qifei_card_count"
    )
    qifei_ticket_count = fields.Integer(
        string="Tickets", compute="_compute_qifei_ticket_count"
    )
    qifei_order_count = fields.Integer(
        string="Work orders", compute="_compute_qifei_orders"
    )
    qifei_spend = fields.Monetary(
        string="Spent on service",
        compute="_compute_qifei_orders",
        currency_field="qifei_currency_id",
        help="Charges to the customer on finished orders of the present company, with "
        "taxes.",
    )
    qifei_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_qifei_currency_id"
    )
    qifei_rating_count = fields.Integer(
        string="Service ratings", compute="_compute_qifei_ratings"
    )
    qifei_rating_avg = fields.Float(
        string="Average service rating", digits=(3, 1), compute="_compute_qifei_ratings"
    )

    # === COMPUTES === #

    def _compute_qifei_equipment_count(self):
        self._count_documents("qifei_equipment_count", "qifei.equipment")

    def _compute_qifei_card_count(self):
        self._count_documents("qifei_card_count", "qifei.warranty.card")

    def _compute_qifei_ticket_count(self):
        self._count_documents("qifei_ticket_count", "qifei.ticket")

    @api.depends_context("company")
    def _compute_qifei_orders(self):
        counts = self._sum_by_family("qifei.work.order", [], "__count")
        spend = self._sum_by_family(
            "qifei.work.order",
            [
                ("state", "in", ORDER_BILLABLE_STATES),
                ("company_id", "=", self.env.company.id),
            ],
            "amount_customer:sum",
        )
        for partner in self:
            partner.qifei_order_count = counts.get(partner._origin.id, 0)
            partner.qifei_spend = spend.get(partner._origin.id, 0.0)

    @api.depends_context("company")
    def _compute_qifei_currency_id(self):
        self.qifei_currency_id = self.env.company.currency_id

    def _compute_qifei_ratings(self):
        given = [("res_model", "=", "qifei.work.order"), ("consumed", "=", True)]
        counts = self._sum_by_family("rating.rating", given, "__count")
        sums = self._sum_by_family("rating.rating", given, "rating:sum")
        for partner in self:
            count = counts.get(partner._origin.id, 0)
            partner.qifei_rating_count = count
            partner.qifei_rating_avg = (
                sums[partner._origin.id] / count if count else 0.0
            )

    def _count_documents(self, field_name, model_name):
        counts = self._sum_by_family(model_name, [], "__count")
        for partner in self:
            partner[field_name] = counts.get(partner._origin.id, 0)

    def _sum_by_family(self, model_name, domain, aggregate):
        """Aggregate documents of the partners and everybody below them.

        :param str model_name: model with a ``partner_id``
        :param domain: which of its records
        :param str aggregate: an additive aggregate of ``_read_group``
        :return: ``{partner id: value}``
        """
        model = self.env[model_name]
        if not self.ids or not model.has_access("read"):
            return {}
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        own_ids = set(self.ids)
        totals = {}
        for partner, value in model._read_group(
            Domain(domain) & Domain("partner_id", "in", family.ids),
            ["partner_id"],
            [aggregate],
        ):
            while partner:
                if partner.id in own_ids:
                    totals[partner.id] = totals.get(partner.id, 0) + value
                partner = partner.parent_id
        return totals

    # === ACTIONS === #

    def action_view_qifei_equipment(self):
        return self._open_service_documents("qifei_aftersales.qifei_equipment_action")

    def action_view_qifei_cards(self):
        return self._open_service_documents(
            "qifei_aftersales.qifei_warranty_card_action"
        )

    def action_view_qifei_tickets(self):
        return self._open_service_documents("qifei_aftersales.qifei_ticket_action")

    def action_view_qifei_orders(self):
        return self._open_service_documents("qifei_aftersales.qifei_work_order_action")

    def action_view_qifei_ratings(self):
        action = self._open_service_documents(
            "qifei_aftersales.rating_rating_action_service"
        )
        return {
            **action,
            "domain": [
                *action["domain"],
                ("res_model", "=", "qifei.work.order"),
                ("consumed", "=", True),
            ],
        }

    def _open_service_documents(self, xml_id):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }

    # === HISTORY === #

    def _get_history_sources(self):
        own = [("partner_id", "child_of", self.id)]
        return [
            HistorySource(
                kind="equipment",
                label=self.env._("Equipment"),
                icon="fa-plug",
                model="qifei.equipment",
                domain=own,
                date_field="date_purchase",
                prepare=self._prepare_equipment_event,
            ),
            self._get_card_source([*own, ("state", "!=", "draft")]),
            self._get_ticket_source(own),
            self._get_order_source(own),
            HistorySource(
                kind="rating",
                label=self.env._("Rating"),
                icon="fa-star",
                model="rating.rating",
                domain=[
                    *own,
                    ("res_model", "=", "qifei.work.order"),
                    ("consumed", "=", True),
                ],
                date_field="write_date",
                prepare=self._prepare_rating_event,
            ),
        ]

    def _prepare_equipment_event(self, equipment):
        return {
            "title": equipment.display_name,
            "badge": dict(
                equipment._fields["warranty_state"]._description_selection(self.env)
            )[equipment.warranty_state],
            "badge_color": {
                "active": "success",
                "draft": "warning",
                "none": "secondary",
            }.get(equipment.warranty_state, "danger"),
        }

    def _prepare_rating_event(self, rating):
        stars = max(0, min(5, round(rating.rating)))
        return {
            "title": "★" * stars + "☆" * (5 - stars),
            "subtitle": " · ".join(filter(None, (rating.res_name, rating.feedback))),
            "badge_color": "success" if stars >= 4 else "danger",
        }
