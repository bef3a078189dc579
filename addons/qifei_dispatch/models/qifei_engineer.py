from odoo import fields, models
from odoo.tools.date_utils import localized


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

    def _get_planning_intervals(self, start, end):
        """Return the working time that plans use, see ``_get_work_intervals``.

        Who has no fixed hours is planned in the hours of the company.
        """
        working = self._get_work_intervals(start, end)
        # sudo: resource.resource - absences are used, their reasons are not shown
        flexible_sudo = self.sudo().filtered(
            lambda engineer: engineer.resource_id._is_flexible()
        )
        for company_sudo, engineers_sudo in flexible_sudo.grouped("company_id").items():
            calendar_sudo = company_sudo.resource_calendar_id
            if not calendar_sudo or calendar_sudo.flexible_hours:
                continue
            resources_sudo = engineers_sudo.resource_id
            intervals = calendar_sudo._work_intervals_batch(
                localized(start), localized(end), resources=resources_sudo
            )
            for engineer_sudo in engineers_sudo:
                working[engineer_sudo.id] = intervals[engineer_sudo.resource_id.id]
        return working
