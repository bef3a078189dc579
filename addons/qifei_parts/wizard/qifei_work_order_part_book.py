from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class QifeiWorkOrderPartBook(models.TransientModel):
    """What is issued, used or returned, with everything filled in.

    It opens with the quantities that are due and, where they are known, the numbers of
    the pieces; usually there is nothing left but to confirm. Scanning a number or the
    code of a part fills in its line. Rights and stock are checked by the step itself.
    """

    _name = "qifei.work.order.part.book"
    _description = "Book parts"

    step = fields.Selection(
        [("issue", "Issue"), ("use", "Use"), ("return", "Return")],
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many(
        "qifei.work.order.part.book.line", "book_id", string="Parts"
    )

    # === OPEN === #

    @api.model
    def _open(self, parts, step):
        """Return the action that asks what is issued, used or returned.

        :raise UserError: nothing is left for this step
        """
        lines = []
        for part in parts:
            lines += getattr(part, f"_propose_{step}")()
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing is left of %(parts)s for the step “%(step)s”.",
                    step=parts._get_step_label(step),
                    parts=", ".join(parts.product_id.mapped("display_name")),
                )
                if parts
                else self.env._("There is no part for this step.")
            )
        book = self.create(
            {
                "step": step,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": {
                "issue": self.env._("Issue parts"),
                "use": self.env._("Parts used"),
                "return": self.env._("Return parts"),
            }[step],
            "res_model": self._name,
            "res_id": book.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    # === ACTIONS === #

    def scan(self, code):
        """Fill in what was scanned: the number of a piece or the code of a part.

        :param str code: what the scanner has read
        :return: text to show
        :raise UserError: nothing here has this code
        """
        self.ensure_one()
        self.check_access("write")
        code = str(code or "").strip()
        for line in self.line_ids:
            if code and code in (line.serials or "").split("\n"):
                return self._scan_serial(line.part_id, code)
        for line in self.line_ids:
            if code and code in (line.product_id.barcode, line.product_id.default_code):
                return self._scan_product(line)
        raise UserError(
            self.env._(
                "“%(code)s” is neither a part of this list nor a piece that is there.",
                code=code,
            )
        )

    def _scan_serial(self, part, code):
        lines = self.line_ids.filtered(lambda line: line.part_id == part)
        known = lines.filtered(lambda line: line.serial == code)
        line = known[:1] or lines.filtered(lambda line: not line.serial)[:1]
        line = line or lines.filtered(lambda line: not line.is_scanned)[:1]
        if not line:
            raise UserError(
                self.env._(
                    "All pieces of %(product)s are named already.",
                    product=part.product_id.display_name,
                )
            )
        line.write({"serial": code, "is_scanned": True, "is_chosen": True})
        return self.env._(
            "%(product)s %(serial)s",
            product=line.product_id.display_name,
            serial=code,
        )

    def _scan_product(self, line):
        quantity = line.quantity + 1 if line.is_scanned else 1.0
        if line.part_id.tracking == "serial":
            quantity = 1.0
        line.write({"is_chosen": True, "is_scanned": True, "quantity": quantity})
        return line.part_id._get_quantity_text(quantity)

    def action_book(self):
        """Do it."""
        self.ensure_one()
        values = {}
        for line in self.line_ids.filtered("is_chosen"):
            values.setdefault(line.part_id, []).append(line._prepare_values())
        if not values:
            raise UserError(self.env._("Choose at least one part."))
        parts = self.env["qifei.work.order.part"].union(*values)
        getattr(parts, f"_{self.step}")(values)
        return {"type": "ir.actions.act_window_close"}
