from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.qifei_base.tools.texts import clean_text

from ..const import GROUP_MANAGER


class QifeiPartRequest(models.Model):
    """Refuses requests of those who do not bring their old parts back.

    Beyond the limit of the company nobody requests more of the same part; a manager
    makes an exception for the parts of one draft, with a reason that stays on it.
    """

    _inherit = "qifei.part.request"

    old_part_exempt_reason = fields.Char(
        string="Allowed despite old parts", readonly=True, copy=False, tracking=True
    )
    old_part_exempt_by_id = fields.Many2one(
        "res.users",
        string="Exception made by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    old_part_exempt_product_ids = fields.Many2many(
        "product.product",
        "qifei_part_request_old_part_exempt_rel",
        string="Parts of the exception",
        readonly=True,
        copy=False,
    )

    old_part_warning = fields.Char(
        string="Overdue old parts", compute="_compute_old_part_warning"
    )

    @api.depends(
        "state", "destination_id", "line_ids.product_id", "old_part_exempt_product_ids"
    )
    def _compute_old_part_warning(self):
        drafts = self.filtered(lambda request: request.state == "draft")
        # sudo: qifei.old.part - what a holder owes counts whoever requests for him
        sentences = self.env["qifei.old.part"].sudo()._explain_limit(drafts.sudo())
        for request in self:
            request.old_part_warning = sentences.get(request, False)

    def action_exempt_old_parts(self, reason=None):
        """Let the parts of these drafts be requested although old ones are overdue."""
        if not self.env.su and not self.env.user.has_group(GROUP_MANAGER):
            raise AccessError(
                self.env._(
                    "Only a manager lets parts be requested while old ones are overdue."
                )
            )
        self.check_access("write")
        reason = clean_text(reason)
        for request in self:
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%(request)s is “%(state)s”: an exception is made while it is "
                        "a draft.",
                        request=request.name,
                        state=request._get_state_label(request.state),
                    )
                )
            if not reason:
                raise UserError(
                    self.env._(
                        "Say why %(request)s is allowed although old parts are "
                        "overdue.",
                        request=request.name,
                    )
                )
            request._as_own_step().write(
                {
                    "old_part_exempt_reason": reason,
                    "old_part_exempt_by_id": self.env.uid,
                    "old_part_exempt_product_ids": request.line_ids.product_id.ids,
                }
            )
        return True

    def _check_old_parts_owed(self):
        result = super()._check_old_parts_owed()
        # sudo: qifei.old.part - what a holder owes counts whoever requests for him
        sentences = self.env["qifei.old.part"].sudo()._explain_limit(self.sudo())
        for sentence in sentences.values():
            raise UserError(sentence)
        return result

    def _explain_owed_pieces(self, holder, overdue, current):
        """Say that too many pieces of one of the parts are overdue, if they are.

        :param holder: qifei.engineer or res.partner that gets the parts
        :param overdue: qifei.old.part records of the holder
        :param current: ``{product: the number valid today}``
        :return: a sentence, empty when the request is in order
        """
        self.ensure_one()
        limit = self.company_id.qifei_old_part_limit
        for product in self.line_ids.product_id - self.old_part_exempt_product_ids:
            pieces = overdue.filtered(
                lambda part, product=product: (
                    part.company_id == self.company_id
                    and current[part.product_id] == current[product]
                )
            )
            quantity = sum(pieces.mapped("quantity"))
            if product.uom_id.compare(quantity, limit) > 0:
                return self.env._(
                    "%(product)s cannot be requested for %(holder)s, who owes "
                    "%(count)s overdue old pieces of it (%(pieces)s); allowed: "
                    "%(limit)s. Return them, or ask a manager to allow the request.",
                    product=product.display_name,
                    holder=holder.name,
                    count=f"{quantity:g}",
                    pieces=pieces._get_names(),
                    limit=limit,
                )
        return ""

    def action_open_exempt_old_parts(self):
        """Ask why this request is allowed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allow despite old parts"),
            "res_model": "qifei.part.request.exempt",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_id": self.id},
        }
