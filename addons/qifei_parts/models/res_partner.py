from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Gives a service partner its point: the stock it keeps and answers for."""

    _inherit = "res.partner"

    qifei_point_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Parts at the service point",
        compute="_compute_qifei_point_location_id",
        compute_sudo=True,
    )
    qifei_point_engineer_ids = fields.One2many(
        comodel_name="qifei.engineer",
        inverse_name="point_id",
        string="Engineers of the service point",
    )

    @api.depends_context("company")
    def _compute_qifei_point_location_id(self):
        places = self.env["stock.location"].search(
            [
                ("qifei_kind", "=", "point"),
                ("qifei_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        points = {place.qifei_partner_id.id: place for place in places}
        for partner in self:
            partner.qifei_point_location_id = points.get(
                partner.commercial_partner_id.id
            )

    def action_view_parts(self):
        """Open what lies at the service point."""
        self.ensure_one()
        return self.qifei_point_location_id.action_view_parts()

    def _get_point_location(self, company):
        """Return the stock of the service point; it is made when first needed.

        :raise UserError: the partner is no service partner
        """
        return self._get_own_place(company, "point")

    def _get_old_location(self, company):
        """Return where the service point keeps old parts until they come back."""
        return self._get_own_place(company, "old")

    def _get_own_place(self, company, kind):
        self.ensure_one()
        # sudo: res.partner - asked for users who do not read the service point
        partner_sudo = self.sudo().commercial_partner_id
        if not partner_sudo.qifei_is_service_partner:
            raise UserError(
                self.env._(
                    "%(partner)s keeps no parts: tick “Service partner” on its form.",
                    partner=partner_sudo.name,
                )
            )
        names = {
            "point": partner_sudo.name,
            "old": self.env._("Old parts %(partner)s", partner=partner_sudo.name),
        }
        return self.env["stock.location"]._get_or_make_qifei_place(
            company, kind, names[kind], holder=partner_sudo
        )
