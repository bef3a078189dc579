from odoo import api, models
from odoo.exceptions import UserError


class QifeiPartRequest(models.Model):
    """Approval in tiers where they are configured (OCA ``base_tier_validation``)."""

    _inherit = "qifei.part.request"

    @api.depends("state", "review_ids")
    def _compute_need_validation(self):
        """Ask for the tiers once, not for each request."""
        tiers = self._get_tiers()
        for request in self:
            request.need_validation = bool(
                request.ids
                and not request.review_ids
                and request._check_state_from_condition()
                and request._get_matching_tiers(tiers)
            )

    @api.model
    def _get_tiers(self):
        return self.env["tier.definition"].search([("model", "=", self._name)])

    def _get_matching_tiers(self, tiers):
        """Return which of the tiers the request has to pass."""
        self.ensure_one()
        return tiers.filtered(
            lambda tier: (
                tier.company_id in (self.company_id, self.company_id.browse())
                and self.evaluate_tier(tier)
            )
        )

    def _check_tiers(self):
        """Raise when a tier was left out of the reviews of a request."""
        tiers = self._get_tiers()
        if not tiers:
            return
        for request in self.filtered("review_ids"):
            passed = request.review_ids.filtered(
                lambda review: review.status == "approved"
            ).definition_id
            missing = request._get_matching_tiers(tiers) - passed
            if missing and request.validation_status == "validated":
                raise UserError(
                    self.env._(
                        "%(request)s has not been reviewed by “%(tiers)s”: restart the "
                        "validation.",
                        request=request.name,
                        tiers=", ".join(missing.mapped("name")),
                    )
                )

    def _tier_validation_check_write_allowed(self, vals):
        """Only requests with reviews are protected by them.

        The inherited check reads the exceptions anew for each request.
        """
        return super(
            QifeiPartRequest, self.filtered("review_ids")
        )._tier_validation_check_write_allowed(vals)

    def _check_tier_state_transition(self, vals):
        """A request under review can be rejected at once, too."""
        return (
            super()._check_tier_state_transition(vals)
            and vals.get("state") != "rejected"
        )

    def _check_allow_write_under_validation(self, vals):
        """The suite's own steps go on while a request is under review."""
        return self._is_own_step() or super()._check_allow_write_under_validation(vals)
