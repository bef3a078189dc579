from odoo import api, fields, models

from ..tools import area as area_tool


class QifeiServiceAreaFind(models.TransientModel):
    """Answers which service area an address belongs to, and why.

    For checking the areas while they are set up; nothing is stored on the customer.
    """

    _name = "qifei.service.area.find"
    _description = "Find the service area of an address"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer or address",
        help="Fills in the address below.",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._default_company_id(),
        ondelete="cascade",
    )
    country_id = fields.Many2one(
        "res.country",
        compute="_compute_address",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    state_id = fields.Many2one(
        "res.country.state",
        compute="_compute_address",
        store=True,
        readonly=False,
        domain="[('country_id', '=?', country_id)]",
        ondelete="cascade",
    )
    city = fields.Char(compute="_compute_address", store=True, readonly=False)
    zip = fields.Char(
        string="Postcode",
        compute="_compute_address",
        store=True,
        readonly=False,
    )
    area_id = fields.Many2one("qifei.service.area", compute="_compute_area_id")
    reason = fields.Char(compute="_compute_area_id")

    def _default_company_id(self):
        return self.env.company

    @api.depends("partner_id")
    def _compute_address(self):
        for finder in self:
            partner = finder.partner_id
            finder.country_id = partner.country_id or finder.country_id
            finder.state_id = partner.state_id if partner else finder.state_id
            finder.city = partner.city if partner else finder.city
            finder.zip = partner.zip if partner else finder.zip

    @api.depends("country_id", "state_id", "city", "zip", "company_id")
    def _compute_area_id(self):
        areas = self.env["qifei.service.area"]
        for finder in self:
            index = areas._get_index(finder.company_id or self.env.company)
            match = index.match(
                area_tool.Address(
                    country=finder.country_id.id,
                    state=finder.state_id.id,
                    city=finder.city,
                    zip=finder.zip,
                )
            )
            finder.area_id = areas.browse(match.area) if match else areas
            finder.reason = finder._get_reason(match)

    def _get_reason(self, match):
        if not match:
            return self.env._(
                "No area fits. Add the city or the postcode to an area, or make an "
                "area for the whole state or country."
            )
        if match.reason == area_tool.ZIP:
            return self.env._("The postcode begins with %(zip)s.", zip=match.value)
        if match.reason == area_tool.CITY:
            return self.env._("The area names the city %(city)s.", city=self.city)
        if match.reason == area_tool.STATE:
            return self.env._(
                "The area covers the state %(state)s.", state=self.state_id.name
            )
        return self.env._(
            "The area covers the country %(country)s.", country=self.country_id.name
        )
