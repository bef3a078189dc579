from odoo import models


class QifeiWarrantyCard(models.Model):
    """What the printed card says, ready to be laid out."""

    _inherit = "qifei.warranty.card"

    def _prepare_document(self):
        """Return everything the printed card shows that is not a field.

        Called on the card in the language of the document.
        """
        self.ensure_one()
        # sudo: qifei.warranty.card - owner and machine belong to the card, which is
        # printed for who may read the card
        card_sudo = self.sudo()
        equipment_sudo = card_sudo.equipment_id
        return {
            "url": card_sudo._get_message_url(),
            "company_address": card_sudo._write_address(
                card_sudo.company_id.partner_id
            ),
            "address": card_sudo._write_address(
                equipment_sudo.address_id or card_sudo.partner_id
            ),
            "date_end": card_sudo._get_date_end_text(),
            "date_activation": card_sudo._write_day(card_sudo.date_activation),
            "date_purchase": card_sudo._write_day(equipment_sudo.date_purchase),
            "date_installation": card_sudo._write_day(equipment_sudo.date_installation),
            "lines": card_sudo._prepare_document_lines(),
        }

    def _prepare_document_lines(self):
        labels = dict(
            self.line_ids._fields["component"]._description_selection(self.env)
        )
        return [
            {
                "component": labels[line.component],
                "clause": line.clause,
                "parts": ", ".join(
                    line.category_ids.mapped("name") + line.product_ids.mapped("name")
                ),
                "date_start": self._write_day(line.date_start),
                "date_end": self._write_day(line.date_end),
            }
            for line in self.line_ids
        ]

    def _write_day(self, day):
        return self._format_day(day) if day else ""
