from odoo import fields, models
from odoo.tools import SQL


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
        Location = self.env["stock.location"]
        place = Location._get_qifei_place(company_sudo, kind, engineer_sudo)
        if not place:
            self.env.cr.execute(
                SQL(
                    "UPDATE qifei_engineer SET write_date = write_date WHERE id = %s",
                    self.id,
                )
            )
            place = Location._get_qifei_place(company_sudo, kind, engineer_sudo)
        if not place:
            # sudo: stock.location - made when first needed, by whoever needs it
            place = Location.sudo().create(
                engineer_sudo._prepare_place_values(company_sudo, kind)
            )
            self.invalidate_recordset(["van_location_id"])
        return place

    def _prepare_place_values(self, company, kind):
        names = {
            "van": self.env._("Van %(engineer)s", engineer=self.name),
            "old": self.env._("Old parts %(engineer)s", engineer=self.name),
        }
        return {
            "name": names[kind],
            "usage": "internal",
            "company_id": company.id,
            "location_id": company._get_parts_location("field").id,
            "qifei_kind": kind,
            "qifei_engineer_id": self.id,
        }
