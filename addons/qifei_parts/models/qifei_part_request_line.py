from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import GROUP_AGENT, GROUP_DISPATCHER, GROUP_PARTS_KEEPER


class QifeiPartRequestLine(models.Model):
    """One part of a request: how many are asked for and how many are granted.

    What has been shipped and received is read from the moves. The requester fills the
    lines in while the request is a draft; until it is approved a parts keeper grants
    fewer, or a substitute of the part.
    """

    _name = "qifei.part.request.line"
    _description = "Requested part"
    _inherit = ["qifei.part.quantity.mixin"]
    _order = "request_id, sequence, id"
    _check_company_auto = True

    request_id = fields.Many2one(
        "qifei.part.request", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    state = fields.Selection(related="request_id.state")
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain=[("qifei_is_part", "=", True), ("is_storable", "=", True)],
    )
    substitute_for_id = fields.Many2one(
        "product.product",
        string="Instead of",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The part that was asked for, when a substitute is sent.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    order_part_id = fields.Many2one(
        "qifei.work.order.part",
        string="Needed on",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    quantity = fields.Float(
        string="Asked", digits="Product Unit", default=1.0, required=True
    )
    quantity_approved = fields.Float(
        string="Granted",
        digits="Product Unit",
        compute="_compute_quantity_approved",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    move_ids = fields.One2many(
        "stock.move",
        "qifei_request_line_id",
        string="Moves",
        readonly=True,
        copy=False,
        groups="stock.group_stock_user",
    )
    quantity_open = fields.Float(
        string="To ship",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
        help="Granted and not shipped yet.",
    )
    quantity_reserved = fields.Float(
        string="Reserved",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
    )
    quantity_shipped = fields.Float(
        string="Shipped",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
    )
    quantity_transit = fields.Float(
        string="On the way",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
    )
    quantity_received = fields.Float(
        string="Received",
        digits="Product Unit",
        compute="_compute_quantities",
        compute_sudo=True,
    )
    free_at_source = fields.Float(
        string="Free",
        digits="Product Unit",
        compute="_compute_free_at_source",
        compute_sudo=True,
        help="Lies where the part is taken from and is not reserved.",
    )
    quantity_missing = fields.Float(
        string="Missing",
        digits="Product Unit",
        compute="_compute_quantity_missing",
        help="Cannot be shipped from what is there.",
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "Ask for more than nothing of a part."
    )
    _quantity_approved_range = models.Constraint(
        "CHECK(quantity_approved >= 0)", "Fewer than none cannot be granted."
    )

    # === COMPUTES === #

    @api.depends("quantity")
    def _compute_quantity_approved(self):
        for line in self:
            line.quantity_approved = max(line.quantity, 0.0)

    @api.depends("move_ids.state", "move_ids.quantity", "move_ids.product_uom_qty")
    def _compute_quantities(self):
        """Read what has moved from the moves of the lines, in one query."""
        names = ("open", "reserved", "shipped", "transit", "received")
        totals = {line.id: dict.fromkeys(names, 0.0) for line in self._origin}
        groups = self.env["stock.move"]._read_group(
            [
                ("qifei_request_line_id", "in", self._origin.ids),
                ("state", "not in", ("draft", "cancel")),
            ],
            [
                "qifei_request_line_id",
                "qifei_purpose",
                "state",
                "location_id",
                "location_dest_id",
            ],
            ["quantity:sum", "product_uom_qty:sum"],
        )
        for line, purpose, state, source, destination, quantity, demand in groups:
            total = totals[line.id]
            if state != "done":
                if purpose == "ship":
                    total["open"] += demand
                    total["reserved"] += quantity
                continue
            if purpose == "ship":
                total["shipped"] += quantity
            if destination.qifei_kind == "transit":
                total["transit"] += quantity
            if source.qifei_kind == "transit":
                total["transit"] -= quantity
            if destination == line.request_id.destination_id:
                total["received"] += quantity
        empty = dict.fromkeys(names, 0.0)
        for line in self:
            for name, value in totals.get(line._origin.id, empty).items():
                line[f"quantity_{name}"] = value

    @api.depends("product_id", "request_id.source_id", "quantity_reserved")
    @api.depends_context("uid")
    def _compute_free_at_source(self):
        """Count what lies at the source and below it, in one query.

        What others hold is shown to those only who may see it in the stock query.
        """
        free = {}
        for location, product, quantity, reserved in self.env[
            "stock.quant"
        ]._read_group(
            [
                ("location_id", "child_of", self._get_visible_sources().ids),
                ("product_id", "in", self.product_id.ids),
            ],
            ["location_id", "product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        ):
            for location_id in location.parent_path.split("/")[:-1]:
                key = int(location_id), product.id
                free[key] = free.get(key, 0.0) + quantity - reserved
        for line in self:
            key = line.request_id.source_id.id, line.product_id.id
            line.free_at_source = free.get(key, 0.0)

    def _get_visible_sources(self):
        """Return the sources of which the user may see what lies there."""
        sources, user = self.request_id.source_id, self.env.user
        if user._is_superuser() or any(
            user.has_group(group)
            for group in (GROUP_AGENT, GROUP_DISPATCHER, GROUP_PARTS_KEEPER)
        ):
            return sources
        return sources.filtered(
            lambda place: (
                user in place.qifei_place_id._get_holder_users()
                if place.qifei_place_id
                else user._is_internal()
            )
        )

    @api.depends(
        "state",
        "quantity_approved",
        "quantity_open",
        "quantity_reserved",
        "free_at_source",
    )
    def _compute_quantity_missing(self):
        for line in self:
            if line.state in ("draft", "submitted"):
                wanted = line.quantity_approved
            elif line.state in ("approved", "shipped"):
                wanted = line.quantity_open - line.quantity_reserved
            else:
                wanted = 0.0
            line.quantity_missing = max(wanted - max(line.free_at_source, 0.0), 0.0)

    @api.depends("product_id", "quantity")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.quantity:g} × {line.product_id.display_name}"

    # === CHECKS === #

    @api.constrains("product_id")
    def _check_product(self):
        for line in self:
            if not line.product_id.is_storable:
                raise ValidationError(
                    self.env._(
                        "%(product)s is not kept in stock: it cannot be requested.",
                        product=line.product_id.display_name,
                    )
                )

    @api.constrains("quantity", "quantity_approved")
    def _check_granted(self):
        for line in self:
            if (
                line.product_id.uom_id.compare(line.quantity_approved, line.quantity)
                > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(request)s asks for %(asked)s of %(product)s: no more can be "
                        "granted.",
                        request=line.request_id.name,
                        asked=f"{line.quantity:g}",
                        product=line.product_id.display_name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_read_only(set().union(*vals_list))
        for vals in vals_list:
            self._check_values(vals)
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_read_only(vals.keys())
        self._check_values(vals)
        if not self._is_own_step():
            vals = self._check_write(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_draft()

    @api.model
    def _check_values(self, vals):
        """Raise for quantities that cannot be.

        :param vals: values of one ``create`` or ``write``
        """
        self._check_plausible(vals)
        if "quantity" in vals and not (vals["quantity"] or 0) > 0:
            raise ValidationError(
                self.env._(
                    "Ask for more than nothing of %(product)s.",
                    product=self._get_part_name(vals),
                )
            )
        if (vals.get("quantity_approved") or 0) < 0:
            raise ValidationError(self.env._("Fewer than none cannot be granted."))

    def _check_draft(self):
        """Raise when the request of a line is no draft any more."""
        for request in self.request_id:
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%(request)s is “%(state)s”: what it asks for is fixed. Cancel "
                        "it and ask anew.",
                        request=request.name,
                        state=request._get_state_label(request.state),
                    )
                )

    def _check_write(self, vals):
        """Check what is written on lines, and by whom.

        :return: the values, with the part a substitute stands for
        """
        waiting = self.filtered(lambda line: line.state == "submitted")
        is_keeper = self.env["qifei.part.request"]._is_keeper()
        changed = vals.keys() - {"sequence"}
        if not changed:
            return vals
        if "request_id" in changed:
            self._check_draft()
            self.env["qifei.part.request.line"].new(vals)._check_draft()
        (self - waiting)._check_draft()
        if waiting and (not is_keeper or changed - {"quantity_approved", "product_id"}):
            waiting._check_draft()
        if waiting and "product_id" in changed:
            waiting._check_substitute(vals["product_id"])
            asked = waiting.substitute_for_id or waiting.product_id
            vals = {
                **vals,
                "substitute_for_id": asked.id
                if asked.id != vals["product_id"]
                else False,
            }
        return vals

    def _check_substitute(self, product_id):
        """Raise when the part is no substitute of what the lines ask for."""
        product = self.env["product.product"].browse(product_id)
        substitutes = (self.substitute_for_id | self.product_id)._get_substitutes_map()
        for line in self:
            asked = line.substitute_for_id or line.product_id
            if product not in asked | substitutes[asked]:
                raise UserError(
                    self.env._(
                        "%(product)s is not a substitute of %(asked)s: add it to the "
                        "substitutes of the part first.",
                        product=product.display_name,
                        asked=asked.display_name,
                    )
                )

    # === MOVES === #

    def _get_lots_to_ship(self):
        """Return the numbered pieces to choose from: the reserved, then the free ones.

        :return: stock.lot records
        """
        self.ensure_one()
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("location_id", "child_of", self.request_id.source_id.id),
                ("lot_id", "!=", False),
            ],
            order="in_date, id",
        )
        free = quants.filtered(
            lambda quant: quant.quantity - quant.reserved_quantity > 0
        )
        moves = self.request_id._get_open_moves("ship") & self.move_ids
        return moves.with_env(self.env).move_line_ids.lot_id | free.lot_id

    def _prepare_move(self, quantity):
        """Return the line as a move of ``stock.move._qifei_reserve``."""
        self.ensure_one()
        return {
            "product": self.product_id,
            "quantity": quantity,
            "values": {"qifei_request_line_id": self.id},
        }

    def _get_expected_in_transit(self):
        """Return what moves and open discrepancies know of the pieces in transit.

        :return: ``{line id: quantity}``
        """
        # sudo: stock.move - asked after moves of any stock user
        expected = {
            line.id: demand
            for line, demand in self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("qifei_request_line_id", "in", self.ids),
                    ("qifei_purpose", "=", "receive"),
                    ("state", "not in", ("draft", "done", "cancel")),
                ],
                ["qifei_request_line_id"],
                ["product_uom_qty:sum"],
            )
        }
        for discrepancy in self.request_id.discrepancy_ids:
            if discrepancy.state == "open" and discrepancy.kind != "over":
                line_id = discrepancy.line_id.id
                expected[line_id] = expected.get(line_id, 0.0) + discrepancy.quantity
        return expected

    def _get_untracked(self, quantity):
        """Return which pieces in transit nothing moves on, as ``[(lot, quantity)]``.

        :param quantity: how many there are of all lots together
        """
        self.ensure_one()
        no_lot = self.env["stock.lot"]
        if self.product_id.tracking == "none":
            return [(no_lot, quantity)]
        lots = {}
        # sudo: stock.move.line - found by the program
        for move_line in self.sudo().move_ids.move_line_ids:
            amount = move_line.quantity_product_uom
            is_done = move_line.state == "done"
            if is_done and move_line.location_dest_id.qifei_kind == "transit":
                lots[move_line.lot_id] = lots.get(move_line.lot_id, 0.0) + amount
            elif move_line.location_id.qifei_kind == "transit":
                lots[move_line.lot_id] = lots.get(move_line.lot_id, 0.0) - amount
        # sudo: qifei.part.discrepancy - found by the program
        for discrepancy in self.sudo().request_id.discrepancy_ids:
            if discrepancy.line_id.id == self.id and discrepancy.state == "open":
                lot = discrepancy.lot_id
                lots[lot] = lots.get(lot, 0.0) - discrepancy.quantity
        return [(lot, amount) for lot, amount in lots.items() if amount > 0]
