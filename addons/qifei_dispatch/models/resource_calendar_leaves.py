from odoo import api, fields, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    """Tells dispatchers which visits a leave or holiday breaks."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._warn_dispatchers()
        return leaves

    def write(self, vals):
        before = self._get_absent_engineers()
        result = super().write(vals)
        self._warn_dispatchers(before)
        return result

    def unlink(self):
        engineers = self._get_absent_engineers()
        result = super().unlink()
        engineers._warn_of_broken_orders()
        return result

    def _warn_dispatchers(self, engineers=None):
        """Renew the to-dos of the engineers who are absent, now or before."""
        absent = self._get_absent_engineers()
        (absent | engineers if engineers else absent)._warn_of_broken_orders()

    def _get_absent_engineers(self):
        """Return the engineers whom leaves ahead keep from visits."""
        # sudo: qifei.engineer - whoever enters a leave, the visits are those of others
        engineers_sudo = self.env["qifei.engineer"].sudo()
        # sudo: resource.calendar.leaves - whose days off they are, whoever enters them
        ahead_sudo = self.sudo().filtered(
            lambda leave: leave.date_to and leave.date_to > fields.Datetime.now()
        )
        if not ahead_sudo:
            return engineers_sudo
        is_absent = Domain("resource_id", "in", ahead_sudo.resource_id.ids)
        general_sudo = ahead_sudo.filtered(lambda leave: not leave.resource_id)
        if general_sudo:
            is_absent |= Domain("company_id", "in", general_sudo.company_id.ids)
        # sudo: qifei.work.order - the visits are those of others
        orders_sudo = self.env["qifei.work.order"].sudo()
        visits = orders_sudo._read_group(
            orders_sudo._get_breakable_domain()
            & Domain("planned_start", "<", max(ahead_sudo.mapped("date_to")))
            & Domain("planned_end", ">", min(ahead_sudo.mapped("date_from")))
            & Domain("engineer_id", "any", is_absent),
            ["engineer_id"],
        )
        return engineers_sudo.union(*(engineer for (engineer,) in visits))
