from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.qifei_base.models.qifei_state_mixin import Transition

from ..const import GROUP_AGENT, GROUP_DISPATCHER
from ..tools.serial import LONGEST_SERIAL, normalize_serial


class QifeiEquipment(models.Model):
    """One machine of a customer, from its sale to its scrapping.

    A machine is in service until it is retired (scrapped, returned, replaced) and can
    be reinstated. Tickets, orders, parts and warranty cards refer to it, so
    that its form is the record of its whole life. The label with the QR code leads to
    the booking page with the machine already filled in.

    Agents and dispatchers keep the register, engineers and parts keepers read it,
    managers may delete a machine entered by mistake. Portal users read the machines of
    their company.
    """

    _name = "qifei.equipment"
    _description = "Equipment"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "qifei.state.mixin",
        "qifei.number.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "serial"]
    _number_code = "qifei.equipment"
    _initial_state = "in_service"

    # === IDENTITY === #
    state = fields.Selection(
        selection=[("in_service", "In service"), ("retired", "Retired")],
        default="in_service",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    product_category_id = fields.Many2one(
        related="product_id.categ_id",
        store=True,
        index=True,
    )
    serial = fields.Char(
        string="Serial number",
        copy=False,
        index="trigram",
        tracking=True,
    )
    image_128 = fields.Image(related="product_id.image_128")
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self.env.company,
        required=True,
        index=True,
        ondelete="restrict",
    )

    # === OWNER AND PLACE === #
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    address_id = fields.Many2one(
        comodel_name="res.partner",
        string="Site address",
        compute="_compute_address_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Where the machine stands, when it is not at the owner's address.",
    )
    area_id = fields.Many2one(
        string="Service area",
        comodel_name="qifei.service.area",
        compute="_compute_area_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # === LIFE === #
    date_purchase = fields.Date(string="Purchased on", tracking=True)
    date_installation = fields.Date(string="Installed on", tracking=True)
    date_retired = fields.Date(string="Retired on", readonly=True, copy=False)
    note = fields.Html(string="Notes", groups="base.group_user")

    # === WARRANTY === #
    warranty_card_ids = fields.One2many(
        comodel_name="qifei.warranty.card",
        inverse_name="equipment_id",
        string="Warranty cards",
    )
    warranty_state = fields.Selection(
        selection=[
            ("none", "No card"),
            ("draft", "Not activated"),
            ("active", "In warranty"),
            ("expired", "Expired"),
            ("void", "Void"),
        ],
        string="Warranty",
        compute="_compute_warranty",
        store=True,
        index=True,
    )
    warranty_end = fields.Date(
        string="Warranty until", compute="_compute_warranty", store=True, index=True
    )
    warranty_card_count = fields.Integer(
        string="Number of warranty cards", compute="_compute_warranty_card_count"
    )

    # === INTERFACE === #
    can_retire = fields.Boolean(compute="_compute_can_actions")
    can_reinstate = fields.Boolean(compute="_compute_can_actions")

    # === CONSTRAINTS === #
    _serial_uniq = models.UniqueIndex(
        "(product_id, serial, company_id) WHERE serial IS NOT NULL AND serial != ''",
        "A machine with this product and serial number is registered already.",
    )
    _dates_order = models.Constraint(
        "CHECK(date_installation >= date_purchase)",
        "A machine cannot be installed before it was purchased.",
    )

    @api.model
    def _get_transitions(self):
        return {
            "retire": Transition(
                ("in_service",), "retired", (GROUP_AGENT, GROUP_DISPATCHER)
            ),
            "reinstate": Transition(
                ("retired",), "in_service", (GROUP_AGENT, GROUP_DISPATCHER)
            ),
        }

    # === COMPUTES === #

    @api.depends("name", "product_id", "serial")
    def _compute_display_name(self):
        for equipment in self:
            parts = [
                equipment.name if equipment.name != "/" else "",
                # sudo: product.product - the name on the machine's own plate
                equipment.product_id.sudo().name,
                f"[{equipment.serial}]" if equipment.serial else "",
            ]
            equipment.display_name = " ".join(part for part in parts if part)

    def _compute_access_url(self):
        for equipment in self:
            equipment.access_url = f"/my/equipment/{equipment.id}"

    @api.depends("partner_id")
    def _compute_address_id(self):
        for equipment in self:
            known = equipment.address_id.commercial_partner_id
            if not known or known != equipment.partner_id.commercial_partner_id:
                equipment.address_id = equipment.partner_id

    @api.depends(
        "address_id.country_id",
        "address_id.state_id",
        "address_id.city",
        "address_id.zip",
        "company_id",
    )
    def _compute_area_id(self):
        for company, machines in self.grouped("company_id").items():
            areas = self.env["qifei.service.area"]._match_batch(
                machines.address_id, company
            )
            for equipment in machines:
                equipment.area_id = areas.get(equipment.address_id.id)

    @api.depends("warranty_card_ids.state", "warranty_card_ids.date_end")
    def _compute_warranty(self):
        rank = ("active", "draft", "expired", "void")
        for equipment in self:
            cards = equipment.warranty_card_ids.sorted(
                lambda card: (rank.index(card.state), -card._origin.id)
            )
            equipment.warranty_state = cards[:1].state or "none"
            equipment.warranty_end = cards[:1].date_end

    def _compute_warranty_card_count(self):
        counts = dict(
            self.env["qifei.warranty.card"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.warranty_card_count = counts.get(equipment, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalize_values(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalize_values(vals))

    @api.model
    def _normalize_values(self, vals):
        """Write each serial number in one way, so that a machine is found again."""
        if not vals.get("serial"):
            return {**vals, "serial": False} if "serial" in vals else vals
        serial = normalize_serial(vals["serial"])
        if len(serial) > LONGEST_SERIAL:
            raise ValidationError(
                self.env._(
                    "A serial number has at most %(length)s characters.",
                    length=LONGEST_SERIAL,
                )
            )
        return {**vals, "serial": serial or False}

    def copy_data(self, default=None):
        raise UserError(
            self.env._(
                "A machine exists once: register another one with its own serial "
                "number instead of copying."
            )
        )

    # === ACTIONS === #

    def action_retire(self):
        self._apply_transition(
            "retire", {"date_retired": fields.Date.context_today(self)}
        )
        return True

    def action_reinstate(self):
        self._apply_transition("reinstate", {"date_retired": False})
        return True

    def action_view_warranty_cards(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_warranty_card_action"
        )
        return {
            **action,
            "domain": [("equipment_id", "in", self.ids)],
            "context": {"default_equipment_id": self.id if len(self) == 1 else False},
        }

    def action_create_warranty_cards(self):
        """Make a draft card for each machine without one, under its own policy."""
        without = self.filtered(lambda equipment: equipment.warranty_state == "none")
        if not without:
            raise UserError(
                self.env._("The selected machines have a warranty card already.")
            )
        cards = self.env["qifei.warranty.card"].create(
            [{"equipment_id": equipment.id} for equipment in without]
        )
        return cards._get_records_action(name=self.env._("Warranty cards"))

    # === BUSINESS === #

    def _get_booking_url(self):
        """Return the public address that books a service for this machine."""
        self.ensure_one()
        query = urlencode({"equipment": self.id, "token": self._portal_ensure_token()})
        return f"{self.get_base_url()}/service/book?{query}"

    def _get_coverage_cards(self):
        """Find the card that answers for each machine: the active one before others.

        :return: ``{equipment.id: card}``, without the machines that have no card
        """
        rank = ("active", "expired", "draft", "void")
        cards = self.env["qifei.warranty.card"].search(
            [("equipment_id", "in", self.ids)]
        )
        best = {}
        for card in cards.sorted(lambda card: (rank.index(card.state), -card.id)):
            best.setdefault(card.equipment_id.id, card)
        return best

    # === PORTAL === #

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Equipment %(number)s", number=self.name)
