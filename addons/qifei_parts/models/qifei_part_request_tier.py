from odoo import models


class QifeiPartRequest(models.Model):
    """Approval in tiers where they are configured (OCA ``base_tier_validation``)."""

    _inherit = "qifei.part.request"

    def _compute_need_validation(self):
        """Ask for the tiers of a company once, not for each request."""
        tiers = self.env["tier.definition"].search([("model", "=", self._name)])
        for request in self:
            request.need_validation = bool(
                request.ids
                and not request.review_ids
                and request._check_state_from_condition()
                and any(
                    request.evaluate_tier(tier)
                    for tier in tiers
                    if tier.company_id in (request.company_id, tier.company_id.browse())
                )
            )

    def _tier_validation_check_write_allowed(self, vals):
        """Only requests with reviews are protected by them.

        The inherited check reads the exceptions anew for each request.
        """
        return super(
            QifeiPartRequest, self.filtered("review_ids")
        )._tier_validation_check_write_allowed(vals)
