from odoo import fields, models
from odoo.fields import Command


class StockWarehouse(models.Model):
    """Gives each warehouse the operations of after-sales service and the field route.

    The operations and the route are made with the warehouse as core makes its own.
    """

    _inherit = "stock.warehouse"

    qifei_ship_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Parts shipping",
        check_company=True,
        copy=False,
    )
    qifei_receive_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Parts receipt",
        check_company=True,
        copy=False,
    )
    qifei_issue_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Parts issue",
        check_company=True,
        copy=False,
    )
    qifei_return_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Return of unused parts",
        check_company=True,
        copy=False,
    )
    qifei_use_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Parts use",
        check_company=True,
        copy=False,
    )
    qifei_old_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Old parts",
        check_company=True,
        copy=False,
    )
    qifei_field_route_id = fields.Many2one(
        comodel_name="stock.route",
        string="Field stock route",
        ondelete="set null",
        copy=False,
    )

    # === OPERATIONS === #

    def _get_parts_type(self, purpose):
        """Return the operation type for this purpose; made when somebody deleted it."""
        self.ensure_one()
        if not self[f"qifei_{purpose}_type_id"]:
            self._create_missing_parts_data()
        return self[f"qifei_{purpose}_type_id"]

    def _create_missing_parts_data(self):
        """Give warehouses the operations and the route they lack.

        Core's own operations and routes stay as somebody has set them.
        """
        for warehouse in self:
            update = warehouse._get_picking_type_update_values()
            create, _next = warehouse._get_picking_type_create_values(
                max(warehouse._get_type_sequences(), default=0)
            )
            numbers = warehouse._get_sequence_values()
            for purpose in warehouse._get_parts_type_names():
                name = f"qifei_{purpose}_type_id"
                if warehouse[name]:
                    continue
                # sudo: ir.sequence - the numbers of the new operation
                sequence = (
                    self.env["ir.sequence"]
                    .sudo()
                    .create(
                        {
                            **numbers[name],
                            "number_next": warehouse._get_free_number(
                                numbers[name]["prefix"]
                            ),
                        }
                    )
                )
                warehouse[name] = self.env["stock.picking.type"].create(
                    {
                        **create[name],
                        **update[name],
                        "warehouse_id": warehouse.id,
                        "sequence_id": sequence.id,
                    }
                )
            if not warehouse.qifei_field_route_id:
                warehouse._create_field_route()

    def _get_free_number(self, prefix):
        """Return the first number that no transfer of an earlier operation has.

        Transfers outlive their operation, and an installation of the addon.
        """
        names = (
            self.env["stock.picking"]
            .search_fetch(
                [
                    ("name", "=like", f"{prefix}%"),
                    ("company_id", "=", self.company_id.id),
                ],
                ["name"],
            )
            .mapped("name")
        )
        numbers = [name.removeprefix(prefix) for name in names]
        return 1 + max((int(text) for text in numbers if text.isdecimal()), default=0)

    def _get_type_sequences(self):
        types = self.env["stock.picking.type"].with_context(active_test=False)
        return types.search([("sequence", "!=", False)]).mapped("sequence")

    def _create_field_route(self):
        values = self._get_routes_values()["qifei_field_route_id"]
        route = self.env["stock.route"].create(
            {**values["route_create_values"], **values["route_update_values"]}
        )
        rules = self.get_rules_dict()[self.id][values["routing_key"]]
        self._find_existing_rule_or_create(
            self._get_rule_values(
                rules, values={**values["rules_values"], "route_id": route.id}
            )
        )
        self.write(
            {"qifei_field_route_id": route.id, "route_ids": [Command.link(route.id)]}
        )

    def _get_parts_type_names(self):
        """Return name and code in its numbers of each operation, by purpose."""
        return {
            "ship": (self.env._("Parts shipping"), "PS"),
            "receive": (self.env._("Parts receipts"), "PRC"),
            "issue": (self.env._("Parts issues"), "PI"),
            "return": (self.env._("Returns of unused parts"), "PRT"),
            "use": (self.env._("Parts used"), "PU"),
            "old": (self.env._("Old parts"), "PO"),
        }

    def _get_sequence_values(self, name=False, code=False):
        values = super()._get_sequence_values(name=name, code=code)
        name, code = name or self.name, code or self.code
        for purpose, (label, letters) in self._get_parts_type_names().items():
            picking_type = self[f"qifei_{purpose}_type_id"]
            values[f"qifei_{purpose}_type_id"] = {
                "name": self.env._(
                    "%(warehouse)s Sequence %(operation)s",
                    warehouse=name,
                    operation=label,
                ),
                "prefix": f"{code}/{picking_type.sequence_code or letters}/",
                "padding": 5,
                "company_id": self.company_id.id,
            }
        return values

    def _get_picking_type_create_values(self, max_sequence):
        values, next_sequence = super()._get_picking_type_create_values(max_sequence)
        ends = self._get_parts_type_ends()
        for purpose, (label, letters) in self._get_parts_type_names().items():
            source, destination = ends[purpose]
            values[f"qifei_{purpose}_type_id"] = {
                "name": label,
                # Core takes the only outgoing operation of a warehouse for deliveries.
                "code": "internal",
                "qifei_purpose": purpose,
                "default_location_src_id": source.id,
                "default_location_dest_id": destination.id,
                "sequence": next_sequence,
                "sequence_code": letters,
                "company_id": self.company_id.id,
                # An old part comes out of a machine with a number nobody has seen.
                "use_create_lots": purpose == "old",
                "use_existing_lots": True,
                "create_backorder": "always",
                "print_label": purpose == "ship",
            }
            next_sequence += 1
        return values, next_sequence

    def _get_parts_type_ends(self):
        """Return the usual source and destination of each operation, by purpose."""
        stock = self.lot_stock_id
        field = self.company_id._get_parts_location("field")
        transit = self.company_id._get_parts_location("transit")
        customers, _vendors = self._get_partner_locations()
        return {
            "ship": (stock, transit),
            "receive": (transit, field),
            "issue": (stock, field),
            "return": (field, stock),
            "use": (field, customers),
            "old": (customers, self.company_id._get_parts_location("defective")),
        }

    def _get_picking_type_update_values(self):
        values = super()._get_picking_type_update_values()
        code = self.code.replace(" ", "").upper()
        for purpose, (_label, letters) in self._get_parts_type_names().items():
            values[f"qifei_{purpose}_type_id"] = {
                "active": self.active,
                "barcode": f"{code}{letters}",
            }
        return values

    # === FIELD STOCK === #

    def _get_routes_values(self):
        values = super()._get_routes_values()
        values["qifei_field_route_id"] = {
            "routing_key": "qifei_field",
            "depends": [],
            "route_update_values": {
                "name": self._format_routename(name=self.env._("Field stock")),
                "active": self.active,
            },
            "route_create_values": {
                "product_categ_selectable": True,
                "warehouse_selectable": True,
                "product_selectable": True,
                "company_id": self.company_id.id,
                "sequence": 70,
            },
            "rules_values": {"active": True},
        }
        return values

    def get_rules_dict(self):
        rules = super().get_rules_dict()
        for warehouse in self:
            rules[warehouse.id]["qifei_field"] = [
                self.Routing(
                    warehouse.lot_stock_id,
                    warehouse.company_id._get_parts_location("field"),
                    warehouse.qifei_issue_type_id,
                    "pull",
                )
            ]
        return rules
