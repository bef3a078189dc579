import base64
import binascii
import io
import math

from PIL import Image, UnidentifiedImageError

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import clean_line, clean_text

from ..const import SIGNATURE_BYTES, TEXT_LENGTHS
from .ticket import DONE_TEXTS, QifeiTickets


class QifeiWorkOrders(QifeiTickets):
    """Live tracking of a visit; the estimate, the signature and the rating."""

    @route(
        "/my/work-orders/<int:order_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_work_order(self, order_id, access_token=None, **query):
        return self._show_order("portal_work_order", order_id, access_token, **query)

    @route(
        "/my/work-orders/<int:order_id>/verify",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_work_order_verify(self, order_id, access_token=None, **query):
        return self._show_order(
            "portal_work_order_verify", order_id, access_token, **query
        )

    @route(
        "/my/work-orders/<int:order_id>/rate",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_work_order_rate(self, order_id, access_token=None, **query):
        return self._show_order(
            "portal_work_order_rate", order_id, access_token, **query
        )

    @route(
        "/my/work-orders/<int:order_id>/live",
        type="jsonrpc",
        auth="public",
        website=True,
        readonly=True,
    )
    def portal_work_order_live(self, order_id, access_token=None, stamp=None, **_kw):
        """Answer the polling of the tracking page.

        :param stamp: what the page shows already; nothing is sent when it is current
        """
        order_sudo = self._get_document("qifei.work.order", order_id, access_token)
        if not order_sudo:
            return {"gone": True}
        now = self._get_stamp(order_sudo)
        if stamp == now:
            return {"stamp": now}
        values = self._prepare_order_values(order_sudo, access_token)
        html = request.env["ir.qweb"]._render("qifei_portal.order_live", values)
        return {"stamp": now, "html": html, "task": values["task"] or ""}

    def _get_stamp(self, order_sudo):
        """Return a text that changes with everything the live part shows."""
        return "/".join(
            str(order_sudo[name] or "")
            for name in (
                "state",
                "write_date",
                "planned_start",
                "planned_end",
                "estimate_state",
            )
        )

    # === PAGE === #

    def _show_order(self, template, order_id, access_token, **query):
        order_sudo = self._get_document("qifei.work.order", order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        return self._render_order(template, order_sudo, access_token, **query)

    def _render_order(
        self, template, order_sudo, access_token, error=None, done=None, **_query
    ):
        values = self._get_page_view_values(
            order_sudo,
            access_token and order_sudo.access_token,
            {
                **self._prepare_order_values(order_sudo, access_token),
                "website_meta_description": request.env._(
                    "Follow the engineer to your door, live, up to your signature."
                ),
                "page_error": error,
                "done": done if done in DONE_TEXTS else None,
            },
            "qifei_order_history",
            False,
        )
        return request.render(f"qifei_portal.{template}", values)

    def _prepare_order_values(self, order_sudo, access_token):
        company_sudo = order_sudo.company_id
        is_customer = self._is_customer(order_sudo, access_token)
        steps = [
            {**step, "moment": self._format_moment(step["moment"], company_sudo)}
            for step in order_sudo._get_tracking_steps()
        ]
        return {
            "page_name": "qifei_order",
            "steps": steps,
            "stamp": self._get_stamp(order_sudo),
            "engineer": self._prepare_engineer(order_sudo),
            "work_order": {
                "id": order_sudo.id,
                "number": order_sudo.name,
                "type": order_sudo.ticket_type_id.name,
                "machine": (
                    order_sudo.product_id or order_sudo.ticket_id.product_category_id
                ).name,
                "serial": order_sudo.equipment_id.serial,
                "state": order_sudo.state,
                "state_label": order_sudo._get_tracking_labels()[order_sudo.state],
                "window": self._format_window(
                    order_sudo.planned_start, order_sudo.planned_end, company_sudo
                ),
                "diagnosis": order_sudo.diagnosis,
                "result": dict(
                    order_sudo._fields["result"]._description_selection(request.env)
                ).get(order_sudo.result),
                "result_note": order_sudo.result_note,
                "signed_by": order_sudo.signed_by,
                "signed_on": self._format_moment(order_sudo.signed_on, company_sudo),
                "contact_name": is_customer and order_sudo.contact_name,
            },
            # Prices are between the customer and the company.
            "charges": self._prepare_charges(order_sudo)
            if is_customer or request.env.user._is_internal()
            else [],
            "currency": order_sudo.currency_id,
            "amount_customer": order_sudo.amount_customer,
            "amount_covered": order_sudo.amount_covered,
            "estimate_state": order_sudo.estimate_state,
            "estimate_amount": order_sudo.estimate_amount,
            "rating": order_sudo._get_own_rating().rating,
            "rating_remark": order_sudo._get_own_rating().feedback,
            "is_customer": is_customer,
            "task": is_customer and order_sudo._get_customer_step(),
            "document_url": order_sudo.access_url,
            "document_query": f"?access_token={order_sudo.access_token}"
            if access_token
            else "",
            "access_token": access_token and order_sudo.access_token,
            "ticket_number": order_sudo.ticket_id.name,
            "ticket_url": is_customer
            and self._get_ticket_url(order_sudo, access_token),
            "is_living": order_sudo.state not in ("verified", "closed", "cancelled"),
        }

    def _get_ticket_url(self, order_sudo, access_token):
        """Return the page of the request; the token of the order opens it too."""
        ticket_sudo = order_sudo.ticket_id
        if not ticket_sudo:
            return ""
        if access_token and ticket_sudo.access_token:
            if ticket_sudo.partner_id == order_sudo.partner_id:
                return (
                    f"{ticket_sudo.access_url}?access_token={ticket_sudo.access_token}"
                )
            return ""
        return ticket_sudo.access_url

    def _prepare_engineer(self, order_sudo):
        """Return who comes, once the appointment is confirmed."""
        if not order_sudo._is_engineer_shown():
            return None
        engineer_sudo = order_sudo.engineer_id
        return {
            "name": engineer_sudo.name,
            "phone": engineer_sudo.phone,
            "image": engineer_sudo.partner_id.avatar_128,
            "rating": engineer_sudo.rating_avg,
            "rating_count": engineer_sudo.rating_count,
        }

    def _prepare_charges(self, order_sudo):
        coverages = dict(
            order_sudo.line_ids._fields["coverage"]._description_selection(request.env)
        )
        return [
            {
                "name": line.name,
                "quantity": line.quantity,
                "unit": line.uom_id.name,
                "price": line.price_total,
                "coverage": line.coverage,
                "coverage_label": coverages.get(line.coverage),
            }
            for line in order_sudo.line_ids
        ]

    # === ESTIMATE === #

    @route(
        "/my/work-orders/<int:order_id>/estimate/accept",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_estimate_accept(
        self, order_id, access_token=None, name=None, signature=None, **_kw
    ):
        return self._sign_order(
            order_id,
            access_token,
            name,
            signature,
            lambda order, signer, picture: order._accept_estimate(
                signer, picture, amount=self._get_read_amount()
            ),
            "accepted",
        )

    @route(
        "/my/work-orders/<int:order_id>/estimate/refuse",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_estimate_refuse(self, order_id, access_token=None, reason=None, **_form):
        text = clean_text(reason)[: TEXT_LENGTHS["reason"]]

        def refuse(order_sudo):
            if not text:
                raise UserError(
                    request.env._("Tell us why, so that we can offer something else.")
                )
            order_sudo._refuse_estimate(text)

        return self._change_order(
            "portal_work_order", order_id, access_token, refuse, "refused"
        )

    @staticmethod
    def _get_read_amount():
        """Return the amount on the page that was signed; None when it says none."""
        text = request.httprequest.args.get("amount")
        if text is None:
            return None
        try:
            amount = float(text)
        except ValueError:
            amount = math.nan
        # No estimate has the amount -1: the answer is to read the page again.
        return amount if math.isfinite(amount) else -1.0

    # === SIGNATURE === #

    @route(
        "/my/work-orders/<int:order_id>/verify/sign",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_work_order_sign(
        self, order_id, access_token=None, name=None, signature=None, **_kw
    ):
        return self._sign_order(
            order_id,
            access_token,
            name,
            signature,
            lambda order, signer, picture: order._sign(signer, picture),
            "signed",
            suffix="/rate",
        )

    @route(
        "/my/work-orders/<int:order_id>/verify/object",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_work_order_object(
        self, order_id, access_token=None, reason=None, **_form
    ):
        text = clean_text(reason)[: TEXT_LENGTHS["reason"]]

        def object_to(order_sudo):
            if not text:
                raise UserError(request.env._("Tell us what is still wrong."))
            order_sudo._object(text)

        return self._change_order(
            "portal_work_order_verify", order_id, access_token, object_to, "objected"
        )

    # === RATING === #

    @route(
        "/my/work-orders/<int:order_id>/rate",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_work_order_rate_submit(
        self, order_id, access_token=None, stars=None, remark=None, **_form
    ):
        text = clean_text(remark)[: TEXT_LENGTHS["reason"]]

        def rate(order_sudo):
            if stars not in ("1", "2", "3", "4", "5"):
                raise UserError(request.env._("Tap one to five stars."))
            order_sudo._rate(int(stars), feedback=text or None)

        return self._change_order(
            "portal_work_order_rate", order_id, access_token, rate, "rated"
        )

    # === WRITING === #

    def _change_order(self, template, order_id, access_token, change, done):
        """Do what the customer asks for and show the order, or say why not."""
        order_sudo = self._get_customer_document(
            "qifei.work.order", order_id, access_token
        )
        if not order_sudo:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                change(order_sudo)
        except UserError as error:
            return self._render_order(
                template, order_sudo, access_token, error=error.args[0]
            )
        return self._redirect_to(order_sudo, access_token, done=done)

    def _sign_order(
        self, order_id, access_token, name, signature, change, done, suffix=""
    ):
        """Answer ``portal.signature_form`` after something was signed."""
        # The component posts to an address; the token stands in its query.
        access_token = access_token or request.httprequest.args.get("access_token")
        order_sudo = self._get_customer_document(
            "qifei.work.order", order_id, access_token
        )
        if not order_sudo:
            return {"error": request.env._("This link is not valid any more.")}
        signer = clean_line(name, TEXT_LENGTHS["signer"])
        if not signer:
            return {"error": request.env._("Write your name next to the signature.")}
        if not self._is_picture(signature):
            return {"error": request.env._("Please sign in the box.")}
        try:
            with request.env.cr.savepoint():
                change(order_sudo, signer, signature)
        except UserError as error:
            return {"error": error.args[0]}
        url = f"{order_sudo.access_url}{suffix}?done={done}"
        if access_token:
            url = f"{url}&access_token={order_sudo.access_token}"
        return {"force_refresh": True, "redirect_url": url}

    @staticmethod
    def _is_picture(signature):
        """Tell whether a base64 text holds a small picture."""
        if not isinstance(signature, str) or len(signature) > SIGNATURE_BYTES:
            return False
        try:
            content = base64.b64decode(signature, validate=True)
            with Image.open(io.BytesIO(content)) as image:
                return image.format in ("PNG", "JPEG") and max(image.size) <= 4096
        except (
            binascii.Error,
            ValueError,
            UnidentifiedImageError,
            OSError,
            Image.DecompressionBombError,
        ):
            return False
