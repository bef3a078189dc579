from odoo import models


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "qifei.working.time.mixin"]

    def _is_working_time(self):
        """Someone's own days off leave the time of the company alone."""
        # sudo: resource.resource - whose days off they are, whoever enters them
        return not all(leave.resource_id for leave in self.sudo())
