from odoo import api, fields, models
from odoo.fields import Domain


class QifeiOldPartHolderMixin(models.AbstractModel):
    """Tells the user what he holds himself; the rules of engineers build on it.

    For models with ``engineer_id`` and ``partner_id``, the service point.
    """

    _name = "qifei.old.part.holder.mixin"
    _description = "Held by an engineer or a service point"

    is_mine = fields.Boolean(
        string="Mine", compute="_compute_is_mine", search="_search_is_mine"
    )

    @api.depends("engineer_id", "partner_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_holder_domain(self.env.user))
        for part in self:
            part.is_mine = part in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        mine = self._get_holder_domain(self.env.user)
        if True in value:
            domain |= mine
        if False in value:
            domain |= ~mine
        return domain

    @api.model
    def _get_holder_domain(self, user):
        """Return the pieces that a user holds, as an engineer or in the portal."""
        if user.share:
            return Domain("partner_id", "child_of", user.commercial_partner_id.ids)
        # sudo: qifei.engineer - which engineer a user is decides what he holds
        engineers_sudo = (
            self.env["qifei.engineer"].sudo().search([("user_id", "=", user.id)])
        )
        return Domain("engineer_id", "in", engineers_sudo.ids) | (
            Domain("engineer_id", "=", False)
            & Domain(
                "partner_id",
                "in",
                engineers_sudo.service_point_id.commercial_partner_id.ids,
            )
        )
