from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools.area import Address, AreaIndex, make_area


class QifeiServiceArea(models.Model):
    """A region that engineers and service points look after, in a tree.

    An area says which addresses belong to it: by country, states, city names or
    postcode prefixes. The most precise area of an address is its service area, see
    ``_match``. A child without a country is in the country of its parent. Areas
    without a company serve every company; an area of the company goes first.
    """

    _name = "qifei.service.area"
    _description = "Service area"
    _parent_store = True
    _order = "parent_path, id"
    _rec_name = "complete_name"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False)
    complete_name = fields.Char(compute="_compute_complete_name")
    parent_id = fields.Many2one(
        "qifei.service.area",
        string="Parent area",
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    parent_path = fields.Char(index=True, export_string_translation=False)
    child_ids = fields.One2many("qifei.service.area", "parent_id", string="Sub-areas")
    child_count = fields.Integer(
        string="Number of sub-areas", compute="_compute_child_count"
    )
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty when all companies share the area.",
    )
    country_id = fields.Many2one(
        "res.country",
        ondelete="restrict",
        help="Leave empty to be in the country of the parent area.",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        help="The area lies in these states or provinces.",
    )
    cities = fields.Text(
        help="One city per line. With cities or postcodes, only addresses in one of "
        "them belong to the area.",
    )
    zip_prefixes = fields.Text(
        string="Postcode prefixes",
        help="Beginnings of postcodes, separated by lines or commas: “2012” stands "
        "for every postcode from 201200 to 201299.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL AND code != ''",
        "Another service area of the company has this code already.",
    )

    # === COMPUTES === #

    @api.depends("name", "parent_id")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        names = self._get_complete_names()
        for area in self:
            parent = area.parent_id
            # On a form the parent may be one that is not saved yet.
            prefix = names.get(parent.id) or parent.complete_name
            area.complete_name = f"{prefix} / {area.name}" if parent else area.name

    @api.depends("child_ids")
    def _compute_child_count(self):
        counts = dict(
            self._read_group(
                [("parent_id", "in", self.ids)], ["parent_id"], ["__count"]
            )
        )
        for area in self:
            area.child_count = counts.get(area._origin, 0)

    # === CHECKS === #

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A service area cannot lie inside itself: choose another parent "
                    "area for “%(area)s”.",
                    area=self[:1].name,
                )
            )

    @api.constrains("country_id", "state_ids")
    def _check_states(self):
        for area in self:
            country = area._get_country()
            foreign = area.state_ids.filtered(
                lambda state, country=country: country and state.country_id != country
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "“%(area)s” lies in %(country)s, but %(states)s do not. "
                        "Remove them or change the country.",
                        area=area.name,
                        country=country.name,
                        states=", ".join(foreign.mapped("name")),
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        areas = super().create(vals_list)
        self._forget_tree()
        return areas

    def write(self, vals):
        result = super().write(vals)
        self._forget_tree()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_tree()
        return result

    def _update_field_translations(self, *args, **kwargs):
        result = super()._update_field_translations(*args, **kwargs)
        self._forget_tree()
        return result

    @api.model
    def _forget_tree(self):
        """Have the index and the names of the areas made anew."""
        self.env.registry.clear_cache()
        self.invalidate_model(["complete_name", "display_name"], flush=False)

    # === MATCHING === #

    @api.model
    def _match(self, partner, company=None):
        """Return the most precise area of an address, or an empty record.

        :param partner: one res.partner, or an empty one
        :param company: company whose areas count, the present one when left out
        """
        if not partner:
            return self.browse()
        return self._match_batch(partner, company)[partner.id]

    @api.model
    def _match_batch(self, partners, company=None):
        """Return ``{partner.id: area}``; areas are empty records where none fits."""
        matches = self._explain_batch(partners, company)
        areas = self.browse({match.area for match in matches.values() if match})
        by_id = {area.id: area for area in areas}
        return {
            partner_id: by_id[match.area] if match else self.browse()
            for partner_id, match in matches.items()
        }

    @api.model
    def _explain_batch(self, partners, company=None):
        """Return ``{partner.id: Match}``, None where no area fits."""
        index = self._get_index(company or self.env.company)
        return {
            partner.id: index.match(
                Address(
                    country=partner.country_id.id,
                    state=partner.state_id.id,
                    city=partner.city,
                    zip=partner.zip,
                )
            )
            for partner in partners
        }

    @api.model
    @ormcache("company.id")
    def _get_index(self, company):
        """Return the ``AreaIndex`` of a company, kept until an area changes."""
        # sudo: qifei.service.area - the index is shared by all users of the company
        areas = self.sudo().search(Domain("company_id", "in", (company.id, False)))
        # Own areas before shared ones, deep ones before their parents, then oldest.
        ordered = areas.sorted(
            lambda area: (
                not area.company_id,
                -area.parent_path.count("/"),
                area.id,
            )
        )
        return AreaIndex(
            [
                make_area(
                    area.id,
                    area._get_country().id,
                    area.state_ids.ids,
                    area.cities,
                    area.zip_prefixes,
                    whole_country=bool(area.country_id),
                )
                for area in ordered
            ]
        )

    @api.model
    @ormcache("self.env.lang")
    def _get_complete_names(self):
        """Return ``{area id: complete name}``, kept until an area changes."""
        # sudo: qifei.service.area - the parents of an area are part of its name
        areas_sudo = self.sudo().with_context(active_test=False)
        areas = areas_sudo.search([("id", "!=", False)])
        names = {}
        for area in areas.sorted("parent_path"):
            names[area.id] = " / ".join(
                filter(None, (names.get(area.parent_id.id), area.name))
            )
        return names

    def _get_country(self):
        """Return the country of the area or of its nearest ancestor that has one."""
        area = self
        while area and not area.country_id:
            area = area.parent_id
        return area.country_id

    # === ACTIONS === #

    def action_find_area(self):
        """Open the question which area an address belongs to."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_base.qifei_service_area_find_action"
        )

    def action_open_children(self):
        """Open the areas inside this one."""
        self.ensure_one()
        action = self._get_records_action(
            name=self.env._("Areas in %(area)s", area=self.name),
            domain=[("id", "child_of", self.ids), ("id", "!=", self.id)],
            context={"default_parent_id": self.id},
        )
        return {
            **action,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
        }
