from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import parse_id

from .portal import QifeiPartsPortal

DONE_TEXTS = ("returned",)
MOST_RETURNED = 200


class QifeiOldPartPortal(QifeiPartsPortal):
    """Old parts a service point owes: what is due, and sending them back."""

    @route(
        ["/my/old-parts", "/my/old-parts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_old_parts(self, page=1, done=None, **query):
        if not self._get_point():
            return request.redirect("/my")
        return self._render_old_parts(page=page, done=done, **query)

    def _render_old_parts(self, page=1, error=None, done=None, **query):
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.old.part",
                url="/my/old-parts",
                domain=Domain("partner_id", "=", self._get_point().id),
                sortings={
                    "due": {"label": request.env._("Due"), "order": "due_on, id"},
                    "date": {"label": request.env._("Newest"), "order": "id desc"},
                },
                filters={
                    "owed": {
                        "label": request.env._("Owed"),
                        "domain": [("state", "=", "owed")],
                    },
                    "sent": {
                        "label": request.env._("On the way"),
                        "domain": [("state", "=", "returned")],
                    },
                    "all": {"label": request.env._("All"), "domain": []},
                },
                inputs={
                    "number": {"label": request.env._("Number"), "fields": ("name",)},
                    "part": {
                        "label": request.env._("Part"),
                        "fields": ("product_id.name", "product_id.default_code"),
                    },
                },
                date_field="due_on",
                page=page,
                **query,
            )
        )
        # sudo: qifei.old.part - found as the visitor; names of parts are shown
        parts_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_old_parts",
            old_parts=[self._prepare_old_part(part) for part in parts_sudo],
            page_error=error,
            done=done if done in DONE_TEXTS else None,
        )
        return request.render("qifei_parts.portal_old_parts", values)

    def _prepare_old_part(self, part_sudo):
        return {
            "id": part_sudo.id,
            "number": part_sudo.name,
            "name": part_sudo.product_id.name,
            "code": part_sudo.product_id.default_code,
            "serial": part_sudo.lot_id.name or part_sudo.serial,
            "order": part_sudo.order_id.name,
            "quantity": self._format_point_quantity(part_sudo.quantity),
            "unit": part_sudo.uom_id.name,
            "due_on": part_sudo.due_on,
            "is_overdue": part_sudo.is_overdue,
            "state": part_sudo.state,
            "state_label": part_sudo._get_state_label(part_sudo.state),
        }

    @route(
        "/my/old-parts/return",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_old_parts_return(self, **_form):
        """Send back the pieces whose boxes are ticked."""
        if not self._get_point():
            return request.redirect("/my")
        ids = {
            parse_id(text) for text in request.httprequest.form.getlist("old_part")
        } - {None}
        try:
            with request.env.cr.savepoint():
                self._get_owed_parts(ids).action_return()
        except UserError as error:
            return self._render_old_parts(error=error.args[0])
        return request.redirect_query("/my/old-parts", {"done": "returned"})

    def _get_owed_parts(self, ids):
        """Return the visitor's own pieces of these ids.

        :raise UserError: none is given, or one of them is not the point's
        """
        if not ids:
            raise UserError(request.env._("Tick the old parts that you send back."))
        if len(ids) > MOST_RETURNED:
            raise UserError(
                request.env._(
                    "Send back at most %(count)s old parts at once.",
                    count=MOST_RETURNED,
                )
            )
        parts = request.env["qifei.old.part"].search(
            Domain("id", "in", list(ids))
            & Domain("partner_id", "=", self._get_point().id)
        )
        if len(parts) < len(ids):
            raise UserError(
                request.env._("One of these old parts is not yours: reload the page.")
            )
        # sudo: qifei.old.part - found as the visitor among those of his own point
        return parts.sudo()
