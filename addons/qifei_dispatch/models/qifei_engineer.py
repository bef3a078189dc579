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
        return self._get_calendar_intervals(start, end, compute_leaves=True)

    def _get_usual_intervals(self, start, end):
        """Return the working time as it would be without leaves and holidays."""
        return self._get_calendar_intervals(start, end, compute_leaves=False)

    def _get_calendar_intervals(self, start, end, *, compute_leaves):
        start, end = localized(start), localized(end)
        # sudo: resource.resource - absences are used, their reasons are not shown
        engineers_sudo = self.sudo()
        by_resource, _by_calendar = (
            engineers_sudo.resource_id._get_valid_work_intervals(
                start, end, compute_leaves=compute_leaves
            )
        )
        working = {
            engineer_sudo.id: by_resource[engineer_sudo.resource_id.id]
            for engineer_sudo in engineers_sudo
        }
        flexible_sudo = engineers_sudo.filtered(
            lambda engineer: engineer.resource_id._is_flexible()
        )
        for company_sudo, members_sudo in flexible_sudo.grouped("company_id").items():
            calendar_sudo = company_sudo.resource_calendar_id
            if not calendar_sudo or calendar_sudo.flexible_hours:
                continue
            resources_sudo = members_sudo.resource_id
            hours = calendar_sudo._attendance_intervals_batch(start, end)[False]
            absent = compute_leaves and calendar_sudo._leave_intervals_batch(
                start, end, resources=resources_sudo
            )
            for engineer_sudo in members_sudo:
                working[engineer_sudo.id] = (
                    hours - absent[engineer_sudo.resource_id.id] if absent else hours
                )
        return working
