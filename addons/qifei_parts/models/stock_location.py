from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.turns import write_anew

from ..const import HOLDER_KINDS, LOCATION_KINDS, WORTHLESS_KINDS

# What makes a location an after-sales place, and what must stay as it is there.
PLACE_FIELDS = {"qifei_kind", "qifei_engineer_id", "qifei_partner_id"}
KEPT_FIELDS = {"usage", "location_id"}


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
        "(company_id, qifei_kind) WHERE qifei_kind IS NOT NULL "
        "AND qifei_engineer_id IS NULL AND qifei_partner_id IS NULL",
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

    # === GUARD === #

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        if not self.env.su:
            locations.filtered("qifei_kind")._refuse_place()
        return locations

    def write(self, vals):
        if not self.env.su:
            for location in self:
                sealed = PLACE_FIELDS | (KEPT_FIELDS if location.qifei_kind else set())
                if any(
                    location._fields[name].convert_to_write(location[name], location)
                    != vals[name]
                    for name in sealed & vals.keys()
                ):
                    location._refuse_place()
        return super().write(vals)

    def _refuse_place(self):
        """Refuse to make a place by hand, or to turn one into something else.

        :raise UserError: if there is a location
        """
        for location in self:
            raise UserError(
                self.env._(
                    "%(place)s: what an after-sales place is, whose and where is set "
                    "by the suite, which makes it when it is needed.",
                    place=location.display_name,
                )
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
        if operator != "in":
            return NotImplemented
        # Core knows the operators that the ORM tries next only.
        valued = Domain(super()._search_is_valued("=", True)) & (
            Domain("qifei_place_id", "=", False)
            | Domain("qifei_place_id.qifei_kind", "not in", WORTHLESS_KINDS)
        )
        domain = Domain.FALSE
        if True in value:
            domain |= valued
        if False in value:
            domain |= ~valued
        return domain

    # === HOLDERS === #

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

    @api.model
    def _get_companies_with_holders(self):
        """Return the companies that have a van or a service point, in a fixed order."""
        groups = self._read_group([("qifei_kind", "in", HOLDER_KINDS)], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in groups))
        return companies.sorted("id")

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
    def _get_or_make_qifei_place(
        self, company, kind, name, holder=None, usage="internal"
    ):
        """Return the place of this kind; it is made when missing.

        Of several requests that make the same place one goes first. The others meet
        the row of its owner written anew: the server starts them once more, and they
        find the place.

        :param company: whose place
        :param kind: a key of ``LOCATION_KINDS``
        :param name: what a new place is called
        :param holder: engineer or service point; none for the company's own places
        :param usage: usage of a new place
        """
        place = self._find_qifei_place(company, kind, holder)
        if place:
            return place
        owner = holder or company
        write_anew(owner)
        place = self.with_context(active_test=False)._find_qifei_place(
            company, kind, holder
        )
        if place:
            # Somebody has archived it: it is needed again.
            place.active = True
            return place
        values = {
            "name": name,
            "usage": usage,
            "company_id": company.id,
            "qifei_kind": kind,
        }
        if kind != "field":
            values["location_id"] = company._get_parts_location("field").id
        if holder:
            values[self._get_holder_field(holder)] = holder.id
        # sudo: stock.location - made when first needed, by whoever needs it
        place = self.sudo().create(values)
        # A service point shows its place on all of its contacts.
        owner.invalidate_model()
        return place

    @api.model
    def _find_qifei_place(self, company, kind, holder=None):
        """Find the place of this kind, without making it."""
        domain = Domain("company_id", "=", company.id) & Domain("qifei_kind", "=", kind)
        if holder:
            domain &= Domain(self._get_holder_field(holder), "=", holder.id)
        else:
            domain &= Domain("qifei_engineer_id", "=", False)
            domain &= Domain("qifei_partner_id", "=", False)
        # sudo: stock.location - found for users without stock rights
        return self.sudo().search(domain, limit=1)

    @api.model
    def _get_holder_field(self, holder):
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
