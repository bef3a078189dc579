from odoo import fields, models


class QifeiEngineer(models.Model):
    """Where the day of an engineer ends, how much fits into it and what he carries."""

    _inherit = "qifei.engineer"

    end_latitude = fields.Float(
        string="Latitude of the end",
        digits=(10, 7),
        help="Where the working day ends; empty for the place where it begins.",
    )
    end_longitude = fields.Float(string="Longitude of the end", digits=(10, 7))
    max_orders = fields.Integer(
        string="Most orders a day", help="0 for as many as the working time allows."
    )
    tool_ids = fields.Many2many(
        "qifei.tool",
        "qifei_engineer_tool_rel",
        "engineer_id",
        "tool_id",
        string="Tools",
        check_company=True,
        help="Special tools the engineer carries.",
    )
    share_position = fields.Boolean(
        string="Shares the position",
        readonly=True,
        copy=False,
        help="The engineer has agreed that his phone sends its position while he is on "
        "the way to a customer.",
    )

    _end_latitude_range = models.Constraint(
        "CHECK(end_latitude BETWEEN -90 AND 90)",
        "A latitude lies between -90 and 90 degrees.",
    )
    _end_longitude_range = models.Constraint(
        "CHECK(end_longitude BETWEEN -180 AND 180)",
        "A longitude lies between -180 and 180 degrees.",
    )
    _max_orders_range = models.Constraint(
        "CHECK(max_orders BETWEEN 0 AND 100)",
        "An engineer does between 0 (no limit) and 100 orders a day.",
    )

    # === BUSINESS === #

    def _get_start_place(self):
        """Return ``(latitude, longitude)`` of the start of the day, or None."""
        self.ensure_one()
        place = (self.start_latitude, self.start_longitude)
        return place if any(place) else None

    def _get_end_place(self):
        """Return ``(latitude, longitude)`` of the end of the day, or None."""
        self.ensure_one()
        place = (self.end_latitude, self.end_longitude)
        return place if any(place) else self._get_start_place()
