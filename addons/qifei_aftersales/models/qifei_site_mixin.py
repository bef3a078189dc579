from odoo import api, fields, models


class QifeiSiteMixin(models.AbstractModel):
    """Whom to meet where: contact, address and service area of a service document.

    All four are proposals that people may change. The model declares ``partner_id`` and
    ``company_id`` and proposes contact and address in ``_compute_contact`` and
    ``_compute_address_id``; the area follows from the address.
    """

    _name = "qifei.site.mixin"
    _description = "Contact and place of a visit"

    contact_name = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    contact_phone = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
    )
    address_id = fields.Many2one(
        "res.partner",
        string="Service address",
        compute="_compute_address_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    area_id = fields.Many2one(
        "qifei.service.area",
        compute="_compute_area_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        index="btree_not_null",
    )

    def _compute_contact(self):
        raise NotImplementedError(
            f"{self._name} must propose a contact"  # pragma: no cover
        )

    def _compute_address_id(self):
        raise NotImplementedError(
            f"{self._name} must propose an address"  # pragma: no cover
        )

    @api.depends("address_id", "company_id")
    def _compute_area_id(self):
        for company, documents in self.grouped("company_id").items():
            areas = self.env["qifei.service.area"]._match_batch(
                documents.address_id, company
            )
            for document in documents:
                document.area_id = areas.get(document.address_id.id)
