from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..const import GROUP_AGENT, ORDER_BILLABLE_STATES


class QifeiWorkOrder(models.Model):
    """What the visit costs, the estimate the customer accepts, and the invoice."""

    _inherit = "qifei.work.order"

    # What is paid is between company and customer: service partners read the order in
    # the portal, so these fields are for employees; pages show them to the customer.
    line_ids = fields.One2many(
        "qifei.work.order.line", "order_id", string="Charges", copy=False
    )
    amount_total = fields.Monetary(
        string="All charges",
        compute="_compute_amounts",
        store=True,
        prefetch="details",
        groups="base.group_user",
    )
    amount_customer = fields.Monetary(
        string="Customer pays",
        compute="_compute_amounts",
        store=True,
        groups="base.group_user",
    )
    amount_covered = fields.Monetary(
        string="Covered",
        compute="_compute_amounts",
        store=True,
        prefetch="details",
        groups="base.group_user",
    )

    # === Estimate === #
    estimate_state = fields.Selection(
        [
            ("none", "No estimate"),
            ("sent", "Waiting for the answer"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        string="Estimate",
        default="none",
        required=True,
        copy=False,
        tracking=True,
        groups="base.group_user",
    )
    estimate_amount = fields.Monetary(
        string="Estimated for the customer",
        copy=False,
        readonly=True,
        prefetch="details",
        groups="base.group_user",
    )
    estimate_signature = fields.Image(
        copy=False, max_width=1024, max_height=1024, groups="base.group_user"
    )
    estimate_signed_by = fields.Char(
        copy=False, prefetch="details", groups="base.group_user"
    )
    estimate_signed_on = fields.Datetime(
        copy=False, prefetch="details", groups="base.group_user"
    )
    estimate_refusal = fields.Char(
        string="Reason of the refusal",
        copy=False,
        prefetch="details",
        groups="base.group_user",
    )

    # === Invoice === #
    invoice_ids = fields.One2many(
        "account.move",
        "qifei_work_order_id",
        string="Invoices",
        groups="base.group_user",
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups="base.group_user"
    )
    invoice_state = fields.Selection(
        [
            ("nothing", "Nothing to bill"),
            ("to_bill", "To bill"),
            ("draft", "Draft invoice"),
            ("posted", "Billed"),
            ("paid", "Paid"),
        ],
        string="Billing",
        compute="_compute_invoice_state",
        compute_sudo=True,
        store=True,
        prefetch="details",
        groups="base.group_user",
    )

    # === COMPUTES === #

    @api.depends(
        "line_ids.price_total", "line_ids.coverage", "currency_id", "company_id"
    )
    def _compute_amounts(self):
        """Add up as the invoice will: first what the customer pays, then the rest."""
        priced = self.filtered("line_ids")
        bare = self - priced
        bare.amount_customer = bare.amount_covered = bare.amount_total = 0.0
        # Read for all at once: what is filtered below reads for itself only.
        priced.line_ids.mapped("tax_ids")
        for order in priced:
            lines = order.line_ids
            customer_lines = lines.filtered(lambda line: line.coverage == "customer")
            order.amount_customer = order._get_lines_total(customer_lines)
            order.amount_covered = order._get_lines_total(lines - customer_lines)
            order.amount_total = order.amount_customer + order.amount_covered

    def _get_lines_total(self, lines):
        if not lines:
            return 0.0
        account_tax = self.env["account.tax"]
        base_lines = [line._prepare_base_line() for line in lines]
        account_tax._add_tax_details_in_base_lines(base_lines, self.company_id)
        account_tax._round_base_lines_tax_details(base_lines, self.company_id)
        return account_tax._get_tax_totals_summary(
            base_lines, self.currency_id, self.company_id
        )["total_amount_currency"]

    def _compute_invoice_count(self):
        # sudo: account.move - the count is shown to people without accounting rights
        counts = dict(
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("qifei_work_order_id", "in", self.ids)],
                ["qifei_work_order_id"],
                ["__count"],
            )
        )
        for order in self:
            order.invoice_count = counts.get(order._origin, 0)

    @api.depends(
        "amount_customer",
        "line_ids.coverage",
        "line_ids.move_line_ids.parent_state",
        "invoice_ids.state",
        "invoice_ids.payment_state",
    )
    def _compute_invoice_state(self):
        for order in self:
            invoices = order.invoice_ids.filtered(
                lambda move: move.state != "cancel" and move.move_type == "out_invoice"
            )
            if order._get_unbilled_lines():
                order.invoice_state = "to_bill"
            elif not invoices:
                order.invoice_state = "nothing"
            elif "draft" in invoices.mapped("state"):
                order.invoice_state = "draft"
            elif set(invoices.mapped("payment_state")) <= {"paid", "in_payment"}:
                order.invoice_state = "paid"
            else:
                order.invoice_state = "posted"

    # === ESTIMATE === #

    def action_send_estimate(self):
        """Send the customer what he would have to pay, for his signature."""
        for order in self:
            if order.is_locked or order.state == "done":
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: an estimate comes before the work.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                    )
                )
            if not order.amount_customer:
                raise UserError(
                    self.env._(
                        "The customer has nothing to pay for %(order)s: there is "
                        "nothing to estimate.",
                        order=order.name,
                    )
                )
        for order in self:
            order._seal(
                {
                    **self._prepare_estimate_reset_values(),
                    "estimate_state": "sent",
                    "estimate_amount": order.amount_customer,
                }
            )
        self._notify_customer("estimate")
        return True

    @api.model
    def _prepare_estimate_reset_values(self):
        return {
            "estimate_state": "none",
            "estimate_signature": False,
            "estimate_signed_by": False,
            "estimate_signed_on": False,
            "estimate_refusal": False,
        }

    def _refresh_estimate(self):
        """Withdraw estimates that the charges have outgrown."""
        for order in self:
            if (
                order.estimate_state in ("sent", "accepted")
                and order.currency_id.compare_amounts(
                    order.amount_customer, order.estimate_amount
                )
                > 0
            ):
                order._seal(self._prepare_estimate_reset_values())

    def _accept_estimate(self, name, signature, *, amount=None):
        """Record that the customer agrees to pay; called for him, rights checked.

        :param name: who signs
        :param signature: image, base64
        :param amount: what he read, in the currency of the order; None when he was
            shown nothing that could be out of date
        :raise UserError: there is another estimate now than the one he read
        """
        self.ensure_one()
        self._check_estimate_open()
        if amount is not None and self.currency_id.compare_amounts(
            amount, self.estimate_amount
        ):
            raise UserError(
                self.env._(
                    "The estimate of %(order)s is %(amount)s now. Reload the page and "
                    "read it once more before you sign.",
                    order=self.name,
                    amount=self.currency_id.format(self.estimate_amount),
                )
            )
        self._check_signature(name, signature)
        self._seal(
            {
                "estimate_state": "accepted",
                "estimate_signature": signature,
                "estimate_signed_by": name.strip(),
                "estimate_signed_on": fields.Datetime.now(),
            }
        )
        self._tell_desk(
            self.env._(
                "%(name)s accepted the estimate of %(amount)s.",
                name=name.strip(),
                amount=self.currency_id.format(self.estimate_amount),
            )
        )

    def _refuse_estimate(self, reason):
        """Record that the customer does not agree; called for him, rights checked."""
        self.ensure_one()
        self._check_estimate_open()
        self._seal({"estimate_state": "refused", "estimate_refusal": reason})
        self._tell_desk(
            self.env._(
                "The customer refused the estimate: %(reason)s",
                reason=reason or self.env._("no reason given"),
            )
        )

    def _check_estimate_open(self):
        if self.estimate_state != "sent":
            raise UserError(
                self.env._(
                    "%(order)s has no estimate that waits for an answer.",
                    order=self.name,
                )
            )

    def _get_completion_blockers(self):
        blockers = super()._get_completion_blockers()
        if not self.amount_customer:
            return blockers
        if self.estimate_state == "sent":
            blockers.append(self.env._("The customer has not answered the estimate."))
        elif self.estimate_state == "refused":
            blockers.append(
                self.env._(
                    "The customer refused the estimate: remove the charges he does "
                    "not want or decide who else pays."
                )
            )
        elif self.estimate_state == "none" and self.estimate_amount:
            blockers.append(
                self.env._(
                    "The charges have grown beyond the estimate: send a new one."
                )
            )
        return blockers

    # === INVOICE === #

    def _get_unbilled_lines(self):
        # sudo: account.move.line - whether a charge is billed, nothing of the invoice
        billed_sudo = self.line_ids.sudo().filtered(
            lambda line: any(
                move_line.parent_state != "cancel" for move_line in line.move_line_ids
            )
        )
        return self.line_ids.filtered(
            lambda line: (
                line.coverage == "customer"
                and line.price_total
                and line not in billed_sudo
            )
        )

    def action_create_invoice(self):
        """Make draft invoices of what the customers pay; accountants post them."""
        self.check_access("write")
        if not (
            self.env.su
            or self.env.user.has_group(GROUP_AGENT)
            or self.env.user.has_group("account.group_account_invoice")
        ):
            raise UserError(
                self.env._("Invoices are made by customer service or accounting.")
            )
        lines_by_order = {order: order._get_unbilled_lines() for order in self}
        for order, lines in lines_by_order.items():
            order._check_billable(lines)
        # sudo: account.move - an agent bills signed charges without accounting rights;
        # posting needs them
        moves_sudo = (
            self.env["account.move"]
            .sudo()
            .create(
                [
                    order._prepare_invoice_values(lines)
                    for order, lines in lines_by_order.items()
                ]
            )
        )
        self.invalidate_recordset(["invoice_ids", "invoice_count"])
        return self._get_invoice_action(moves_sudo)

    def _check_billable(self, lines):
        self.ensure_one()
        if self.state not in ORDER_BILLABLE_STATES:
            raise UserError(
                self.env._(
                    "%(order)s is “%(state)s”: it is billed after the work is done.",
                    order=self.name,
                    state=self._get_state_label(self.state),
                )
            )
        if not lines:
            raise UserError(
                self.env._(
                    "%(order)s has nothing left to bill to the customer.",
                    order=self.name,
                )
            )

    def _prepare_invoice_values(self, lines):
        self.ensure_one()
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.address_get(["invoice"])["invoice"],
            "partner_shipping_id": self.address_id.id,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "invoice_user_id": self.user_id.id or self.env.uid,
            "qifei_work_order_id": self.id,
            "invoice_line_ids": [
                Command.create(line._prepare_move_line_values()) for line in lines
            ],
        }

    def _get_invoice_action(self, moves):
        """Open the invoices for who may read them; tell the others."""
        moves = moves.with_env(self.env)
        if moves.has_access("read"):
            return moves._get_records_action(name=self.env._("Invoices"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The draft invoice is with accounting."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_invoices(self):
        self.ensure_one()
        moves = self.env["account.move"].search(
            Domain("qifei_work_order_id", "in", self.ids)
        )
        return moves._get_records_action(name=self.env._("Invoices"))
