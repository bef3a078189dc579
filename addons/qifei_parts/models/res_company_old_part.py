from odoo import fields, models


class ResCompany(models.Model):
    """What a company demands of old parts and how long a part may lie unused."""

    _inherit = "res.company"

    qifei_old_part_limit = fields.Integer(
        string="Overdue old parts allowed",
        help="Whoever owes more overdue pieces of a part than this cannot request that "
        "part until he has returned them. 0 means no limit.",
    )
    qifei_overstock_days = fields.Integer(
        string="Days without use",
        default=90,
        help="A part that was not used for so long counts as overstock where it lies.",
    )

    _qifei_old_part_limit_positive = models.Constraint(
        "CHECK(qifei_old_part_limit >= 0)",
        "The number of overdue old parts allowed cannot be negative.",
    )
    _qifei_overstock_days_positive = models.Constraint(
        "CHECK(qifei_overstock_days > 0)",
        "The days without use must be more than zero.",
    )

    def _get_old_transit_location(self):
        """Return where old parts are on their way back; it is made when missing.

        They travel apart from new parts: what lies here is worth nothing, and nobody
        can take an old piece for one that was shipped.
        """
        self.ensure_one()
        place = self._find_old_transit_location()
        if not place:
            self._qifei_wait_for_turn()
            place = self._find_old_transit_location()
        if not place:
            # sudo: stock.location - made when first needed, by whoever needs it
            place = (
                self.env["stock.location"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Old parts on their way back"),
                        "usage": "transit",
                        "company_id": self.id,
                        "location_id": self._get_parts_location("field").id,
                        "qifei_kind": "old",
                    }
                )
            )
        return place

    def _find_old_transit_location(self):
        # sudo: stock.location - found for users without stock rights
        return (
            self.env["stock.location"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.id),
                    ("qifei_kind", "=", "old"),
                    ("usage", "=", "transit"),
                ],
                limit=1,
            )
        )
