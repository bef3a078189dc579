from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import clean_line, parse_id

from ..models.qifei_part_statement_line import FLOWS
from ..tools.quantity import parse_quantity
from .portal import QifeiPartsPortal

DONE_TEXTS = ("counted", "confirmed")


class QifeiPartStatementPortal(QifeiPartsPortal):
    """Monthly statements of a service point: read, count, confirm."""

    @route(
        ["/my/part-statements", "/my/part-statements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_part_statements(self, page=1, **query):
        if not self._get_point():
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.part.statement",
                url="/my/part-statements",
                domain=self._get_point_domain("qifei.part.statement"),
                sortings={
                    "month": {
                        "label": request.env._("Month"),
                        "order": "month desc, id desc",
                    }
                },
                filters={
                    "all": {"label": request.env._("All"), "domain": []},
                    "open": {
                        "label": request.env._("To confirm"),
                        "domain": [("state", "=", "sent")],
                    },
                },
                date_field="month",
                page=page,
                **query,
            )
        )
        # sudo: qifei.part.statement - found as the visitor; the place is shown
        statements_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_part_statements",
            statements=[self._prepare_statement_row(one) for one in statements_sudo],
        )
        return request.render("qifei_parts.portal_part_statements", values)

    def _prepare_statement_row(self, statement_sudo):
        return {
            "url": statement_sudo.access_url,
            "number": statement_sudo.name,
            "month": statement_sudo.period,
            "state": statement_sudo.state,
            "state_label": statement_sudo._get_state_label(statement_sudo.state),
            "closing_value": statement_sudo.closing_value,
            "currency": statement_sudo.currency_id,
            "is_mine_confirmed": bool(statement_sudo.holder_confirmed_on),
            "differences": statement_sudo.difference_count,
        }

    @route(
        "/my/part-statements/<int:statement_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_part_statement(self, statement_id, done=None, report_type=None, **query):
        statement_sudo = self._get_point_document("qifei.part.statement", statement_id)
        if not statement_sudo:
            return request.redirect("/my/part-statements")
        if report_type == "pdf":
            return self._show_report(
                model=statement_sudo,
                report_type="pdf",
                report_ref="qifei_parts.action_report_part_statement",
                download=query.get("download") == "true",
            )
        return self._render_statement(statement_sudo, done=done)

    def _render_statement(self, statement_sudo, error=None, done=None):
        is_open = (
            statement_sudo.state == "sent" and not statement_sudo.holder_confirmed_on
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="qifei_part_statement",
            statement={
                **self._prepare_statement_row(statement_sudo),
                "fingerprint": statement_sudo._get_fingerprint(),
                "lines": [
                    self._prepare_statement_line(line)
                    for line in statement_sudo.line_ids
                ],
                "company_confirmed_on": statement_sudo.company_confirmed_on,
                "holder_confirmed_by": statement_sudo.holder_confirmed_by_id.name,
                "holder_confirmed_on": statement_sudo.holder_confirmed_on,
            },
            is_open=is_open,
            obstacle=is_open and statement_sudo._get_obstacle(),
            page_error=error,
            done=done if done in DONE_TEXTS else None,
        )
        return request.render("qifei_parts.portal_part_statement", values)

    def _prepare_statement_line(self, line_sudo):
        counted = line_sudo.counted if line_sudo.is_counted else None
        return {
            "id": line_sudo.id,
            "name": line_sudo.product_id.display_name,
            "unit": line_sudo.uom_id.name,
            "differs": bool(line_sudo.is_counted and line_sudo.difference),
            "counted": self._format_point_quantity(counted)
            or ("" if counted is None else "0"),
            "counted_value": "" if counted is None else f"{counted:g}",
            **{
                figure: self._format_point_quantity(line_sudo[figure]) or "0"
                for figure in ("opening", *FLOWS, "closing")
            },
        }

    @route(
        "/my/part-statements/<int:statement_id>/count",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_part_statement_count(self, statement_id, **form):
        statement_sudo = self._get_point_document("qifei.part.statement", statement_id)
        if not statement_sudo:
            return request.redirect("/my/part-statements")
        # sudo: res.partner - the visitor's own contact, who has counted
        partner_sudo = request.env.user.partner_id.sudo()

        def count():
            statement_sudo._count_by_partner(partner_sudo, self._read_counts(form))

        return self._change_point_document(
            statement_sudo,
            count,
            lambda error: self._render_statement(statement_sudo, error=error),
            "counted",
        )

    def _read_counts(self, form):
        """Return ``{line id: quantity}`` of ``counted_<id>``; None for an empty one."""
        counts = {}
        for name, value in form.items():
            line_id = parse_id(name.removeprefix("counted_"))
            if not name.startswith("counted_") or not line_id:
                continue
            quantity = parse_quantity(value)
            if quantity is None:
                raise UserError(
                    request.env._(
                        "“%(text)s” is no quantity: type a number such as 2.",
                        text=clean_line(value, 20),
                    )
                )
            is_empty = not isinstance(value, str) or not value.strip()
            counts[line_id] = None if is_empty else quantity
        return counts

    @route(
        "/my/part-statements/<int:statement_id>/confirm",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_part_statement_confirm(self, statement_id, fingerprint=None, **_form):
        statement_sudo = self._get_point_document("qifei.part.statement", statement_id)
        if not statement_sudo:
            return request.redirect("/my/part-statements")
        # sudo: res.partner - the visitor's own contact, who confirms
        partner_sudo = request.env.user.partner_id.sudo()

        try:
            with request.env.cr.savepoint():
                # Without a fingerprint nobody knows which figures were read.
                is_confirmed = statement_sudo._confirm_by_partner(
                    partner_sudo, seen=clean_line(fingerprint, 64) or "?"
                )
        except UserError as error:
            return self._render_statement(statement_sudo, error=error.args[0])
        if not is_confirmed:
            # The new figures stay; they are read before they are confirmed.
            return self._render_statement(
                statement_sudo, error=statement_sudo._get_changed_text()
            )
        return request.redirect_query(statement_sudo.access_url, {"done": "confirmed"})
