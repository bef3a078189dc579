from odoo import api, fields, models


class QifeiEngineer(models.Model):
    """Gives the engineer a van: the stock he carries and answers for."""

    _inherit = "qifei.engineer"

    van_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Van",
        compute="_compute_van_location_id",
        compute_sudo=True,
    )
    point_id = fields.Many2one(
        related="service_point_id.commercial_partner_id",
        string="Company of the service point",
        store=True,
        index="btree_not_null",
    )

    @api.depends("company_id")
    def _compute_van_location_id(self):
        places = self.env["stock.location"].search(
            [("qifei_kind", "=", "van"), ("qifei_engineer_id", "in", self.ids)]
        )
        vans = {
            (place.qifei_engineer_id.id, place.company_id.id): place for place in places
        }
        for engineer in self:
            engineer.van_location_id = vans.get((engineer.id, engineer.company_id.id))

    def action_view_parts(self):
        """Open what lies in the engineer's van."""
        self.ensure_one()
        return self.van_location_id.action_view_parts()

    def _get_van(self):
        """Return the engineer's van; it is made when first needed."""
        return self._get_own_place("van")

    def _get_old_location(self):
        """Return where the engineer keeps old parts until they come back."""
        return self._get_own_place("old")

    def _get_own_place(self, kind):
        self.ensure_one()
        # sudo: qifei.engineer, res.company - asked for users who read neither
        engineer_sudo = self.sudo()
        company_sudo = engineer_sudo.company_id or self.env.company.sudo()
        names = {
            "van": self.env._("Van %(engineer)s", engineer=engineer_sudo.name),
            "old": self.env._("Old parts %(engineer)s", engineer=engineer_sudo.name),
        }
        return self.env["stock.location"]._get_or_make_qifei_place(
            company_sudo, kind, names[kind], holder=engineer_sudo
        )

    def _get_delivery_place(self, company):
        """Return where parts are sent for the engineer: where he fetches them.

        That is his service point while he keeps nothing in a van of his own, neither
        pieces nor a minimum, and his van otherwise.

        :param company: whose stock lies at the service point
        """
        self.ensure_one()
        if self.point_id.qifei_is_service_partner and not self._keeps_van_stock():
            return self.point_id._get_point_location(company)
        return self._get_van()

    def _keeps_van_stock(self):
        """Tell whether something lies in the van, or always shall lie there."""
        self.ensure_one()
        if not self.van_location_id:
            return False
        inside = [("location_id", "child_of", self.van_location_id.id)]
        # sudo: stock.quant, stock.warehouse.orderpoint - only whether there are any
        self_sudo = self.sudo()
        return bool(
            self_sudo.env["stock.quant"].search_count(
                [*inside, ("quantity", ">", 0)], limit=1
            )
            or self_sudo.env["stock.warehouse.orderpoint"].search_count(inside, limit=1)
        )

    def _get_supply_places(self, company):
        """Return where the engineer takes parts from: his van, then his service point.

        :param company: whose stock lies at the service point
        """
        point = self.service_point_id.with_company(company).qifei_point_location_id
        return self.van_location_id | point
