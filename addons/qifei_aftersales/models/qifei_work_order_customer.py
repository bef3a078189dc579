import base64
import binascii
import io

from PIL import Image, UnidentifiedImageError
from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import UserError

SIGNATURE_LIMIT = 2 * 1024 * 1024
SIGNATURE_SIDE = 4096


class QifeiWorkOrder(models.Model):
    """What the customer does with his order: sign, object, rate.

    Called by the portal and by the engineer's phone after they have checked whose
    order it is.
    """

    _inherit = "qifei.work.order"

    signature = fields.Image(
        copy=False, max_width=1024, max_height=1024, groups="base.group_user"
    )
    signed_by = fields.Char(copy=False)
    signed_on = fields.Datetime(copy=False)
    customer_remark = fields.Text(
        copy=False, prefetch="details", groups="base.group_user"
    )
    rework_of_id = fields.Many2one(
        "qifei.work.order",
        string="Rework of",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        readonly=True,
        check_company=True,
    )
    rework_ids = fields.One2many(
        "qifei.work.order", "rework_of_id", string="Rework orders"
    )
    rework_count = fields.Integer(
        string="Times sent back", copy=False, readonly=True, default=0
    )
    rework_reason = fields.Char(
        copy=False, prefetch="details", groups="base.group_user"
    )

    def _sign(self, name, signature, remark=None):
        """Accept the work with a signature.

        :param name: who signs
        :param signature: image, base64
        :param remark: what the customer wants to add
        """
        self.ensure_one()
        self._check_transition("verify")
        self._check_signature(name, signature)
        values = {
            "signature": signature,
            "signed_by": name.strip(),
            "signed_on": fields.Datetime.now(),
        }
        if remark:
            values["customer_remark"] = remark
        self._seal(values)
        self.action_verify()

    def _check_signature(self, name, signature):
        # Signs that nobody sees make no name.
        if not any(character.isalnum() for character in name or ""):
            raise UserError(self.env._("Write the name of the person who signs."))
        try:
            raw = base64.b64decode(signature or b"", validate=True)
        except (binascii.Error, TypeError, ValueError):
            raw = b""
        if not raw:
            raise UserError(self.env._("The signature is missing: sign in the box."))
        if len(raw) > SIGNATURE_LIMIT:
            raise UserError(self.env._("The signature is too large: sign again."))
        if not self._is_picture(raw):
            raise UserError(
                self.env._("The signature is no picture we can open: sign again.")
            )

    @staticmethod
    def _is_picture(raw):
        """Tell whether bytes begin a picture of a size that is safe to open."""
        try:
            with Image.open(io.BytesIO(raw)) as image:
                return (
                    image.format in ("PNG", "JPEG")
                    and max(image.size) <= SIGNATURE_SIDE
                )
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            Image.DecompressionBombError,
        ):
            return False

    def _object(self, reason):
        """Send the order back to work because the customer objects."""
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Write what is not in order."))
        self.action_rework(reason.strip())
        self._tell_desk(
            self.env._("The customer objects: %(reason)s", reason=reason.strip())
        )

    def _rate(self, stars, feedback=None):
        """Rate a signed order with one to five stars, once.

        :return: the rating.rating
        """
        self.ensure_one()
        if self.state not in ("verified", "closed"):
            raise UserError(
                self.env._(
                    "%(order)s can be rated once the work is signed.", order=self.name
                )
            )
        if stars not in (1, 2, 3, 4, 5):
            raise UserError(self.env._("Choose one to five stars."))
        # sudo: rating.rating - the portal has checked whose order it is
        order_sudo = self.sudo()
        if order_sudo.rating_ids.filtered("consumed"):
            raise self._get_rated_error()
        try:
            with self.env.cr.savepoint():
                return order_sudo.rating_apply(
                    stars,
                    token=order_sudo._rating_get_access_token(),
                    feedback=feedback,
                    subtype_xmlid="mail.mt_note",
                )
        except UniqueViolation as error:
            raise self._get_rated_error() from error

    def _get_rated_error(self):
        return UserError(
            self.env._("%(order)s is rated already: thank you.", order=self.name)
        )

    def message_post(self, **kwargs):
        """Leave stars to ``_rate``: a message with a rating would be one more."""
        if not self.env.su:
            kwargs = {
                name: value
                for name, value in kwargs.items()
                if name not in ("rating_id", "rating_value")
            }
        return super().message_post(**kwargs)

    def _get_allowed_message_params(self):
        return super()._get_allowed_message_params() - {"rating_value"}

    def _tell_desk(self, text):
        """Note in the chatter what the customer did; followers are told."""
        self.message_post(body=text, subtype_xmlid="mail.mt_note")

    def action_ask_signature(self):
        """Hand the phone to the customer."""
        self.ensure_one()
        self._check_transition("verify")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_work_order_sign_action"
        )
        action["context"] = {
            "default_order_id": self.id,
            "default_signed_by": self.contact_name,
        }
        return action

    def action_view_ratings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.rating_rating_action_service"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return action
