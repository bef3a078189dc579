from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_parts_warehouse(self):
        """Return the warehouse that parts come from.

        :raise UserError: the company has no warehouse
        """
        self.ensure_one()
        # sudo: stock.warehouse - asked by documents of users without stock rights
        warehouse = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", self.id)], limit=1)
        )
        if not warehouse:
            raise UserError(
                self.env._(
                    "%(company)s has no warehouse: create one in the Inventory app.",
                    company=self.name,
                )
            )
        return warehouse

    def _get_parts_location(self, kind):
        """Return the company's own place of this kind; it is made when missing.

        :param kind: ``field``, ``transit`` or ``defective``
        """
        self.ensure_one()
        place = self.env["stock.location"]._get_qifei_place(self, kind)
        if not place:
            self._qifei_wait_for_turn()
            place = self.env["stock.location"]._get_qifei_place(self, kind)
        if not place:
            # sudo: stock.location - made when first needed, by whoever needs it
            place = (
                self.env["stock.location"]
                .sudo()
                .create(self._prepare_parts_location_values(kind))
            )
        return place

    def _prepare_parts_location_values(self, kind):
        values = {
            "company_id": self.id,
            "qifei_kind": kind,
            "name": {
                "field": self.env._("After-sales %(company)s", company=self.name),
                "transit": self.env._("In transit"),
                "defective": self.env._("Defective parts"),
            }[kind],
            "usage": {"field": "view", "transit": "transit"}.get(kind, "internal"),
        }
        if kind != "field":
            values["location_id"] = self._get_parts_location("field").id
        return values

    def _qifei_wait_for_turn(self):
        """Let of several requests that make the same place one go first.

        The others meet the row written anew: the server starts them once more, and
        they find the place.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET write_date = write_date WHERE id IN %s",
                self._ids,
            )
        )
