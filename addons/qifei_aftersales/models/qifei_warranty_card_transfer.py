from odoo import models
from odoo.exceptions import UserError

from ..tools.serial import normalize_serial


class QifeiWarrantyCard(models.Model):
    """Change of owner, and replacement of the machine on the card."""

    _inherit = "qifei.warranty.card"

    def _transfer_to_owner(self, partner, reason):
        """Give machines and cards to ``partner``; addresses printed before end.

        :param partner: res.partner of the new owner
        :param reason: kept in the history
        """
        self._check_transfer(reason)
        if not partner:
            raise UserError(self.env._("Choose the new owner."))
        self._message_log_batch(
            {
                card.id: self.env._(
                    "Transferred from %(former)s to %(owner)s: %(reason)s",
                    former=card.partner_id.display_name,
                    owner=partner.display_name,
                    reason=reason,
                )
                for card in self
            }
        )
        self.equipment_id.write({"partner_id": partner.id, "address_id": partner.id})
        # The former owner's link to the card must stop working.
        self._as_own_step().write({"partner_id": partner.id, "access_token": False})

    def _transfer_to_serial(self, serial, reason):
        """Move the card to the machine that replaced the one on it.

        A machine of that serial number is registered when there is none yet.

        :param serial: serial number of the replacement
        :param reason: kept in the history
        :raise UserError: the serial number belongs to another owner or is the same
        """
        self.ensure_one()
        self._check_transfer(reason)
        former = self.equipment_id
        serial = normalize_serial(serial)
        if not serial or serial == former.serial:
            raise UserError(
                self.env._("Give the serial number of the machine put in its place.")
            )
        replacement = former.search(
            [
                ("product_id", "=", former.product_id.id),
                ("serial", "=", serial),
                ("company_id", "=", former.company_id.id),
            ],
            limit=1,
        )
        if replacement and replacement.partner_id != former.partner_id:
            raise UserError(
                self.env._(
                    "%(equipment)s belongs to %(owner)s.",
                    equipment=replacement.display_name,
                    owner=replacement.partner_id.display_name,
                )
            )
        replacement = replacement or former.create(
            self._prepare_replacement_values(serial)
        )
        self._message_log(
            body=self.env._(
                "Moved from %(former)s to %(replacement)s: %(reason)s",
                former=former.display_name,
                replacement=replacement.display_name,
                reason=reason,
            )
        )
        self._as_own_step().write({"equipment_id": replacement.id})
        if former.state == "in_service":
            former.action_retire()

    def _prepare_replacement_values(self, serial):
        former = self.equipment_id
        return {
            "product_id": former.product_id.id,
            "serial": serial,
            "partner_id": former.partner_id.id,
            "address_id": former.address_id.id,
            "company_id": former.company_id.id,
            "date_purchase": former.date_purchase,
            "date_installation": former.date_installation,
        }

    def _check_transfer(self, reason):
        """Raise unless every card can be transferred, by this user, for a reason."""
        self.check_access("write")
        self._read_reason(reason)
        for card in self:
            if card.state not in ("active", "expired"):
                raise UserError(
                    self.env._(
                        "%(card)s is “%(state)s”: only active and expired cards can be "
                        "transferred.",
                        card=card.name,
                        state=card._get_state_label(card.state),
                    )
                )
