from odoo import api, models
from odoo.exceptions import AccessError

REQUEST = "qifei.part.request"
# What a reviewer writes, on the form or by the buttons of the document.
REVIEW_FIELDS = {"status", "done_by", "reviewed_date", "comment"}
DECISIONS = ("approved", "rejected")


class TierReview(models.Model):
    """Keeps the reviews of part requests in the hands of their reviewers.

    Every employee may write reviews, as the buttons of the document do; a call from
    outside could approve in the name of somebody else.
    """

    _inherit = "tier.review"

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        if not self.env.su:
            for review, vals in zip(reviews, vals_list, strict=True):
                if review.model == REQUEST and (
                    review.status in DECISIONS or vals.get("reviewer_ids")
                ):
                    review._refuse_foreign_hand()
        return reviews

    def write(self, vals):
        if not self.env.su:
            for review in self:
                if REQUEST in (review.model, vals.get("model")):
                    review._check_reviewer(vals)
        return super().write(vals)

    def _check_reviewer(self, vals):
        """Raise unless the user writes a review of his own."""
        self.ensure_one()
        decides = vals.get("status") in DECISIONS or vals.get("done_by")
        if (
            vals.keys() - REVIEW_FIELDS
            or (decides and self.env.user not in self.reviewer_ids)
            or vals.get("done_by", self.env.uid) not in (self.env.uid, False)
        ):
            self._refuse_foreign_hand()

    def _refuse_foreign_hand(self):
        raise AccessError(
            self.env._(
                "“%(review)s” is reviewed by %(reviewers)s only.",
                review=self.name,
                # sudo: res.users - names of the reviewers, to say whom to ask
                reviewers=", ".join(self.sudo().reviewer_ids.mapped("name")),
            )
        )
