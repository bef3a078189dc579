from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class QifeiPartStatement(models.Model):
    """How what was counted differently is booked: as adjustments of core."""

    _inherit = "qifei.part.statement"

    def _book_differences(self, rows, reason):
        """Book differences as inventory adjustments of the place.

        :param rows: list of ``(line, lot, quantity)``; more than counted is positive
        :param str reason: why, kept with the moves and the statement
        """
        self.ensure_one()
        self._check_bookable(rows, reason)
        self._claim()
        quants = self.env["stock.quant"]
        booked = {}
        for line, lot, quantity in rows:
            booked[line, lot] = booked.get((line, lot), 0.0) + quantity
        for (line, lot), quantity in booked.items():
            if not line.product_id.uom_id.is_zero(quantity):
                quants |= self._set_inventory(line, lot, quantity)
        if not quants:
            return
        now = fields.Datetime.now()
        date = None
        if self.datetime_to <= now:
            date = self.datetime_to - timedelta(seconds=1)
        quants.with_context(
            inventory_name=f"{self.name}: {reason.strip()}"
        )._apply_inventory(date)
        self.message_post(
            body=self.env._(
                "Differences booked (%(parts)s): %(reason)s",
                parts=self.env["qifei.part.statement.line"]
                .union(*(line for line, _lot, _quantity in rows))
                ._name_parts(20),
                reason=reason.strip(),
            )
        )
        self._refresh()

    def _check_bookable(self, rows, reason):
        self.check_access("write")
        if self.state == "confirmed":
            raise UserError(
                self.env._(
                    "%(statement)s is final: a manager has to open it again first.",
                    statement=self.display_name,
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the difference is booked."))
        booked = {}
        for line, _lot, quantity in rows:
            if line.statement_id != self:
                raise UserError(
                    self.env._(
                        "This line is not on %(statement)s: reload the page.",
                        statement=self.display_name,
                    )
                )
            booked[line] = booked.get(line, 0.0) + quantity
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for line, quantity in booked.items():
            if float_compare(quantity, line.difference, precision_digits=digits):
                raise UserError(
                    self.env._(
                        "%(part)s differs by %(difference)s, not by %(quantity)s.",
                        part=line.product_id.display_name,
                        difference=line.difference,
                        quantity=quantity,
                    )
                )

    def _set_inventory(self, line, lot, quantity):
        """Set the counted quantity of the quants of a part.

        What is too much goes to the place itself, what is missing is taken from where
        it lies, first from the place, then from the shelves below it.

        :return: the quants whose inventory has to be applied
        """
        # sudo: stock.quant - core lets stock managers adjust; here the parts keeper
        # does, who has counted with the holder and gives his reason
        Quant_sudo = self.env["stock.quant"].sudo().with_context(inventory_mode=True)
        if quantity > 0:
            quant = Quant_sudo._gather(
                line.product_id, self.location_id, lot_id=lot, strict=True
            )[:1]
            if lot and quant and not quant.lot_id:
                quant = Quant_sudo
            if not quant:
                quant = Quant_sudo.create(
                    {
                        "product_id": line.product_id.id,
                        "location_id": self.location_id.id,
                        "lot_id": lot.id,
                        "inventory_quantity": 0.0,
                    }
                )
            quant.inventory_quantity = quant.quantity + quantity
            return quant
        quants = Quant_sudo.search(
            [
                ("product_id", "=", line.product_id.id),
                ("location_id", "child_of", self.location_id.id),
                ("lot_id", "=", lot.id),
                ("quantity", ">", 0),
            ],
            order="location_id, id",
        )
        missing = -quantity
        unit = line.product_id.uom_id
        touched = Quant_sudo
        for quant in quants:
            taken = min(quant.quantity, missing)
            quant.inventory_quantity = quant.quantity - taken
            touched |= quant
            missing = unit.round(missing - taken)
            if unit.is_zero(missing):
                return touched
        raise UserError(
            self.env._(
                "%(place)s holds only %(there)s of %(part)s now: %(missing)s cannot be "
                "booked as missing.",
                place=self._get_place_name(),
                there=sum(quants.mapped("quantity")),
                part=(lot or line.product_id).display_name,
                missing=-quantity,
            )
        )

    # === ACTIONS === #

    def action_open_count(self):
        """Open the list in which the holder counts."""
        self.ensure_one()
        self._check_holder_user()
        return self._open_wizard("count", self.env._("Count"))

    def action_open_adjust(self):
        """Open the question how the differences shall be booked."""
        self.ensure_one()
        self.check_access("write")
        if not self.line_ids.filtered("difference"):
            raise UserError(
                self.env._(
                    "Nothing differs on %(statement)s.", statement=self.display_name
                )
            )
        return self._open_wizard("adjust", self.env._("Book differences"))

    def action_open_reopen(self):
        """Ask why the statement is opened again."""
        self.ensure_one()
        self._check_transition("reopen")
        return self._open_wizard(
            "reason", self.env._("Open again"), default_action="reopen"
        )

    def action_open_paper(self):
        """Ask who has signed on paper."""
        self.ensure_one()
        return self._open_wizard(
            "reason", self.env._("Signed on paper"), default_action="paper"
        )

    def _open_wizard(self, name, title, **context):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": f"qifei.part.statement.{name}",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_id": self.id, **context},
        }
