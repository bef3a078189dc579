from odoo import api, models
from odoo.exceptions import UserError

from ..const import DOCUMENT_KINDS

STOCK_FIELDS = {
    "quantity",
    "product_uom_id",
    "location_id",
    "location_dest_id",
    "lot_id",
    "quant_id",
    "package_id",
    "result_package_id",
    "owner_id",
}


class StockMoveLine(models.Model):
    """Keeps what lies in the places of after-sales service at nothing or more.

    Whoever moves it: our documents, the Inventory app, a scrap, a return, a count or a
    later change of a done transfer. What was done for a document is not changed later.
    """

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        done = lines.filtered(lambda line: line.state == "done")
        done._qifei_check_documents()
        done._qifei_check_places(done.location_id | done.location_dest_id)
        return lines

    def write(self, vals):
        if STOCK_FIELDS.isdisjoint(vals):
            return super().write(vals)
        done = self.filtered(lambda line: line.state == "done")
        done._qifei_check_documents()
        places = done.location_id | done.location_dest_id
        done._qifei_lock_places(places)
        result = super().write(vals)
        done._qifei_check_places(places | done.location_id | done.location_dest_id)
        return result

    def unlink(self):
        # Core passes over a quant that somebody else is changing and would free the
        # reservation on a new one.
        self._qifei_lock_places(self.location_id)
        return super().unlink()

    def _action_done(self):
        places, products = self.location_id, self.product_id
        # sudo: stock.move - which document a transfer belongs to
        loose_sudo = self.sudo().filtered(
            lambda line: (
                line.location_id.qifei_place_id.qifei_kind in DOCUMENT_KINDS
                and not line.move_id._is_of_document()
            )
        )
        loose_places, loose_products = loose_sudo.location_id, loose_sudo.product_id
        self._qifei_lock_places(places)
        result = super()._action_done()
        quants = self.env["stock.quant"]
        quants._qifei_check_not_negative(places, products)
        quants._qifei_check_kept(loose_places, loose_products)
        return result

    def _qifei_check_documents(self):
        """Raise when somebody corrects what was moved for a document."""
        if self.env.su:
            return
        # sudo: stock.move - which document a transfer belongs to
        for move_sudo in self.sudo().move_id:
            document_sudo = (
                move_sudo.qifei_request_line_id.request_id
                or move_sudo.qifei_order_part_id.order_id
                or move_sudo.qifei_old_part_id
            )
            if document_sudo:
                raise UserError(
                    self.env._(
                        "%(transfer)s was done for %(document)s and stays as it is: "
                        "return it, or count the place.",
                        transfer=move_sudo.reference,
                        document=document_sudo.name,
                    )
                )

    def _qifei_lock_places(self, locations):
        """Wait for others who change the same products in these places."""
        guarded = locations.filtered("qifei_place_id")
        self.env["stock.quant"]._qifei_lock(
            (line.product_id, location)
            for line in self
            for location in (line.location_id | line.location_dest_id) & guarded
        )

    def _qifei_check_places(self, locations):
        quants = self.env["stock.quant"]
        quants._qifei_check_not_negative(locations, self.product_id)
        quants._qifei_check_kept(locations, self.product_id)
