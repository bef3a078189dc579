from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import HOLDER_KINDS, LOCATION_KINDS, WORTHLESS_KINDS


class StockLocation(models.Model):
    """Adds what a place is to after-sales service and who answers for it.

    The places lie outside the warehouse, so nobody sells from a van, and inside the
    company, so what lies there keeps its value. They are made when first needed and
    stay ordinary locations of core.
    """

    _inherit = "stock.location"

    qifei_kind = fields.Selection(
        selection=LOCATION_KINDS,
        string="After-sales place",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    qifei_place_id = fields.Many2one(
        comodel_name="stock.location",
        string="Lies in the place",
        compute="_compute_qifei_place_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        help="The van, service point or other after-sales place this location is, or "
        "lies in.",
    )
    qifei_engineer_id = fields.Many2one(
        comodel_name="qifei.engineer",
        string="Engineer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    qifei_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Service point",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _qifei_company_kind_uniq = models.UniqueIndex(
        "(company_id, qifei_kind) "
        "WHERE qifei_kind IN ('field', 'transit', 'defective')",
        "A company has one such place.",
    )
    _qifei_engineer_uniq = models.UniqueIndex(
        "(qifei_engineer_id, qifei_kind, company_id) "
        "WHERE qifei_engineer_id IS NOT NULL",
        "The engineer has this place already.",
    )
    _qifei_partner_uniq = models.UniqueIndex(
        "(qifei_partner_id, qifei_kind, company_id) WHERE qifei_partner_id IS NOT NULL",
        "The service point has this place already.",
    )

    # === COMPUTES === #

    @api.depends("qifei_kind", "location_id.qifei_place_id")
    def _compute_qifei_place_id(self):
        for location in self:
            if location.qifei_kind and location.qifei_kind != "field":
                location.qifei_place_id = location
            else:
                location.qifei_place_id = location.location_id.qifei_place_id

    # === VALUATION === #

    def _should_be_valued(self):
        """Parts taken out of machines and defective ones are worth nothing."""
        return (
            super()._should_be_valued()
            and self.qifei_place_id.qifei_kind not in WORTHLESS_KINDS
        )

    def _search_is_valued(self, operator, value):
        valued = super()._search_is_valued("=", True)
        valued = Domain(valued) & (
            Domain("qifei_place_id", "=", False)
            | Domain("qifei_place_id.qifei_kind", "not in", WORTHLESS_KINDS)
        )
        if operator in ("in", "not in"):
            wanted = True in value
            positive = wanted if operator == "in" else not wanted
        elif operator in ("=", "!="):
            positive = bool(value) if operator == "=" else not value
        else:
            return NotImplemented
        return valued if positive else ~valued

    # === HOLDERS === #

    def _is_qifei_held(self):
        """Tell whether somebody answers for the stock of this place."""
        self.ensure_one()
        return self.qifei_kind in HOLDER_KINDS

    def _get_holder_users(self):
        """Return the users who answer for what lies in these places.

        The engineer of a van; the engineers and the portal users of a service point.
        """
        # sudo: stock.location, qifei.engineer - who holds a place is asked by everybody
        places_sudo = self.sudo()
        engineers_sudo = places_sudo.qifei_engineer_id
        points = places_sudo.qifei_partner_id
        # sudo: res.users - the portal users of a service point, for the same reason
        users_sudo = self.env["res.users"].sudo()
        if points:
            engineers_sudo |= engineers_sudo.search([("point_id", "in", points.ids)])
            users_sudo = users_sudo.search(
                [
                    ("share", "=", True),
                    ("partner_id.commercial_partner_id", "in", points.ids),
                ]
            )
        return (engineers_sudo.user_id | users_sudo).sudo(False)

    def _check_holder(self, user=None):
        """Raise unless the user answers for each of these places.

        :raise UserError: names the first place of somebody else
        """
        user = user or self.env.user
        for location in self:
            if user not in location._get_holder_users():
                raise UserError(
                    self.env._(
                        "%(place)s is not kept by %(user)s: ask the one who keeps it.",
                        # sudo: stock.location - the name of the place refused
                        place=location.sudo().name,
                        user=user.name,
                    )
                )

    # === TEXTS AND MAP === #

    def _get_label(self):
        """Return the name people use: the warehouse for its stock."""
        self.ensure_one()
        if self.qifei_kind or not self.warehouse_id:
            return self.name
        return self.warehouse_id.name

    def _get_positions(self):
        """Return where the places are: the engineer's start, the address of a point.

        :return: ``{id: (latitude, longitude)}``, 0.0 for what is not known
        """
        positions = {}
        for place in self:
            engineer = place.qifei_engineer_id
            if engineer:
                positions[place.id] = (
                    engineer.start_latitude,
                    engineer.start_longitude,
                )
            else:
                partner = place.qifei_partner_id or place.warehouse_id.partner_id
                positions[place.id] = (
                    partner.partner_latitude,
                    partner.partner_longitude,
                )
        return positions

    # === MAKING PLACES === #

    @api.model
    def _get_qifei_place(self, company, kind, holder=None):
        """Find the place of this kind, without making it.

        :param holder: engineer or service point; none for the company's own places
        """
        # sudo: stock.location - found for users without stock rights
        return self.sudo().search(
            self._get_qifei_place_domain(company, kind, holder), limit=1
        )

    @api.model
    def _get_qifei_place_domain(self, company, kind, holder=None):
        domain = Domain("company_id", "=", company.id) & Domain("qifei_kind", "=", kind)
        if holder is not None:
            domain &= Domain(self._get_qifei_holder_field(holder), "=", holder.id)
        return domain

    @api.model
    def _get_qifei_holder_field(self, holder):
        if holder._name == "qifei.engineer":
            return "qifei_engineer_id"
        return "qifei_partner_id"

    # === ACTIONS === #

    def action_view_parts(self):
        """Open what lies in these places."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_parts.qifei_part_stock_action"
        )
        return {**action, "domain": [("location_id", "in", self.ids)], "context": {}}
