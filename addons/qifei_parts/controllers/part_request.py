from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.http import request, route

from odoo.addons.qifei_base.tools.texts import clean_line, clean_text, parse_id

from ..tools.quantity import parse_quantity
from .portal import QifeiPartsPortal

DONE_TEXTS = ("submitted", "cancelled", "received")
MOST_LINES = 50
FOUND_PARTS = 12
LONGEST_NOTE = 1000


class QifeiPartRequestPortal(QifeiPartsPortal):
    """A service point asks for parts, follows the request and counts what arrives."""

    # === LIST === #

    @route(
        ["/my/part-requests", "/my/part-requests/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_part_requests(self, page=1, **query):
        if not self._get_point():
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.part.request",
                url="/my/part-requests",
                domain=self._get_point_domain("qifei.part.request"),
                sortings={
                    "date": {"label": request.env._("Newest"), "order": "id desc"},
                    "needed": {
                        "label": request.env._("Needed by"),
                        "order": "needed_on, id desc",
                    },
                },
                filters={
                    "all": {"label": request.env._("All"), "domain": []},
                    "open": {
                        "label": request.env._("In progress"),
                        "domain": [
                            ("state", "not in", ("done", "rejected", "cancelled"))
                        ],
                    },
                    "receive": {
                        "label": request.env._("To receive"),
                        "domain": [("state", "=", "shipped")],
                    },
                },
                inputs={
                    "number": {"label": request.env._("Number"), "fields": ("name",)},
                    "part": {
                        "label": request.env._("Part"),
                        "fields": (
                            "line_ids.product_id.name",
                            "line_ids.product_id.default_code",
                        ),
                    },
                },
                page=page,
                **query,
            )
        )
        # sudo: qifei.part.request - found as the visitor; names of parts are shown
        requests_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_part_requests",
            requests=[self._prepare_request_row(one) for one in requests_sudo],
        )
        return request.render("qifei_parts.portal_part_requests", values)

    def _prepare_request_row(self, request_sudo):
        return {
            "url": request_sudo.access_url,
            "number": request_sudo.name,
            "state": request_sudo.state,
            "state_label": request_sudo._get_state_label(request_sudo.state),
            "summary": request_sudo.part_summary,
            "needed_on": request_sudo.needed_on,
            "created": request_sudo.create_date,
        }

    # === NEW === #

    @route(
        "/my/part-requests/new",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_part_request_new(self, **_query):
        if not self._get_point():
            return request.redirect("/my")
        return self._render_request_form()

    def _render_request_form(self, error=None, note="", rows=()):
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="qifei_part_request_new",
            page_error=error,
            note=note,
            rows=rows,
            most_lines=MOST_LINES,
        )
        return request.render("qifei_parts.portal_part_request_new", values)

    @route(
        "/my/part-requests/parts",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_part_search(self, term=None):
        """Return parts whose name, code or barcode has the term.

        :return: list of ``{"id", "name", "code", "unit"}``, at most twelve
        """
        text = self._clean_search(term)
        if not self._get_point() or not text:
            return []
        # sudo: product.product - parts that may be asked for, by name and code only
        parts_sudo = (
            request.env["product.product"]
            .sudo()
            .search(
                self._get_requestable_domain()
                & (
                    Domain("name", "ilike", text)
                    | Domain("default_code", "ilike", text)
                    | Domain("barcode", "=", text)
                ),
                limit=FOUND_PARTS,
            )
        )
        return [self._prepare_part(part) for part in parts_sudo]

    def _get_requestable_domain(self):
        return (
            Domain("qifei_is_part", "=", True)
            & Domain("is_storable", "=", True)
            & Domain("company_id", "in", (False, request.env.company.id))
        )

    def _prepare_part(self, part_sudo):
        return {
            "id": part_sudo.id,
            "name": part_sudo.name,
            "code": part_sudo.default_code or "",
            "unit": part_sudo.uom_id.name,
        }

    @route(
        "/my/part-requests/submit",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_part_request_submit(self, note=None, needed_on=None, **form):
        point_sudo = self._get_point()
        if not point_sudo:
            return request.redirect("/my")
        note = clean_text(note)[:LONGEST_NOTE]
        asked = {}
        try:
            asked = self._read_asked_parts(form)
            with request.env.cr.savepoint():
                request_sudo = self._create_request(point_sudo, asked, note, needed_on)
        except UserError as error:
            return self._render_request_form(
                error=error.args[0],
                note=note,
                rows=[
                    {**self._prepare_part(part), "quantity": quantity}
                    for part, quantity in asked.items()
                ],
            )
        return request.redirect_query(request_sudo.access_url, {"done": "submitted"})

    def _read_asked_parts(self, form):
        """Return ``{part: quantity}`` of the fields ``quantity_<id of the part>``."""
        quantities = {}
        for name, value in list(form.items())[: MOST_LINES * 2]:
            part_id = parse_id(name.removeprefix("quantity_"))
            if not name.startswith("quantity_") or not part_id:
                continue
            quantity = parse_quantity(value)
            if quantity is None:
                raise UserError(
                    request.env._(
                        "“%(text)s” is no quantity: type a number such as 2.",
                        text=clean_line(value, 20),
                    )
                )
            if quantity:
                quantities[part_id] = quantity
        # sudo: product.product - parts that may be asked for, by name and code only
        parts_sudo = (
            request.env["product.product"]
            .sudo()
            .search(
                self._get_requestable_domain() & Domain("id", "in", list(quantities))
            )
        )
        return {part: quantities[part.id] for part in parts_sudo}

    def _create_request(self, point_sudo, asked, note, needed_on):
        if not asked:
            raise UserError(request.env._("Add at least one part and its quantity."))
        # sudo: qifei.part.request - a service point asks for its own stock
        requests_sudo = request.env["qifei.part.request"].sudo()
        request_sudo = requests_sudo.create(
            {
                "company_id": request.env.company.id,
                "partner_id": point_sudo.id,
                "note": note,
                "needed_on": self._clean_date(needed_on),
                "line_ids": [
                    Command.create({"product_id": part.id, "quantity": quantity})
                    for part, quantity in asked.items()
                ],
            }
        )
        request_sudo.action_submit()
        return request_sudo

    # === ONE REQUEST === #

    @route(
        "/my/part-requests/<int:request_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_part_request(self, request_id, done=None, **_query):
        request_sudo = self._get_point_document("qifei.part.request", request_id)
        if not request_sudo:
            return request.redirect("/my/part-requests")
        return self._render_request(request_sudo, done=done)

    def _render_request(self, request_sudo, error=None, done=None):
        pieces = self._prepare_pieces(request_sudo)
        coming = {}
        for piece in pieces:
            line_id = piece["line"].id
            coming[line_id] = coming.get(line_id, 0.0) + piece["expected"]
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="qifei_part_request",
            part_request={
                **self._prepare_request_row(request_sudo),
                "note": request_sudo.note,
                "requester": request_sudo.requester_id.name,
                "reject_reason": request_sudo.reject_reason,
                "consignments": (request_sudo.consignment_note or "").splitlines(),
                "lines": [
                    self._prepare_request_line(line, coming.get(line.id, 0.0))
                    for line in request_sudo.line_ids
                ],
                "discrepancies": [
                    {
                        "text": one.display_name,
                        "note": one.note,
                        "state": one._get_state_label(one.state),
                        "is_open": one.state == "open",
                    }
                    for one in request_sudo.discrepancy_ids
                ],
            },
            can_cancel=request_sudo.state in ("draft", "submitted", "approved")
            and request_sudo.requester_id == request.env.user,
            count_rows=[self._prepare_count_row(piece) for piece in pieces],
            page_error=error,
            done=done if done in DONE_TEXTS else None,
        )
        return request.render("qifei_parts.portal_part_request", values)

    def _prepare_pieces(self, request_sudo):
        """Return what can be counted now, row by row; numbered pieces one by one.

        What was counted as damaged lies in transit, too, until it is settled.

        :return: list of dicts with ``key`` (ends the names of the fields of the row),
            ``line`` and ``lot`` (records in superuser mode) and ``expected``
        """
        if request_sudo.state != "shipped":
            return []
        lines_sudo = request_sudo.line_ids
        return [
            {
                "key": "_".join(str(id_) for id_ in (line_id, lot_id) if id_),
                "line": lines_sudo.browse(line_id),
                "lot": lines_sudo.env["stock.lot"].browse(lot_id or ()),
                "expected": expected,
            }
            for line_id, lot_id, expected in (
                (values["line_id"], values["lot_id"], values["expected"])
                for values in request_sudo._get_expected()
            )
        ]

    def _prepare_count_row(self, piece):
        line_sudo = piece["line"]
        return {
            "key": piece["key"],
            "name": line_sudo.product_id.name,
            "lot": piece["lot"].name,
            "unit": line_sudo.uom_id.name,
            "expected": self._format_point_quantity(piece["expected"]),
            "expected_value": f"{piece['expected']:g}",
        }

    def _prepare_request_line(self, line_sudo, coming):
        return {
            "id": line_sudo.id,
            "name": line_sudo.product_id.name,
            "code": line_sudo.product_id.default_code,
            "instead_of": line_sudo.substitute_for_id.name,
            "unit": line_sudo.uom_id.name,
            "asked": self._format_point_quantity(line_sudo.quantity),
            "granted": self._format_point_quantity(line_sudo.quantity_approved) or "0",
            "received": self._format_point_quantity(line_sudo.quantity_received) or "0",
            "transit": self._format_point_quantity(coming),
        }

    @route(
        "/my/part-requests/<int:request_id>/cancel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_part_request_cancel(self, request_id, **_form):
        request_sudo = self._get_point_document("qifei.part.request", request_id)
        if not request_sudo:
            return request.redirect("/my/part-requests")

        def cancel():
            if request_sudo.requester_id != request.env.user:
                raise UserError(
                    request.env._(
                        "%(request)s was made by %(requester)s: ask him to cancel it.",
                        request=request_sudo.name,
                        requester=request_sudo.requester_id.name,
                    )
                )
            request_sudo.action_cancel()

        return self._change_point_document(
            request_sudo,
            cancel,
            lambda error: self._render_request(request_sudo, error=error),
            "cancelled",
        )

    # === RECEIVE === #

    @route(
        "/my/part-requests/<int:request_id>/receive",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_part_request_receive(self, request_id, **form):
        request_sudo = self._get_point_document("qifei.part.request", request_id)
        if not request_sudo:
            return request.redirect("/my/part-requests")

        def receive():
            request_sudo._receive(
                [
                    self._read_count(piece, form)
                    for piece in self._prepare_pieces(request_sudo)
                ]
            )

        return self._change_point_document(
            request_sudo,
            receive,
            lambda error: self._render_request(request_sudo, error=error),
            "received",
        )

    def _read_count(self, piece, form):
        """Return what was counted of a row, from ``good_<key>`` and its like."""
        line_sudo, key = piece["line"], piece["key"]
        count = {"line": line_sudo, "lot": piece["lot"]}
        for name in ("good", "damaged", "wrong", "over"):
            value = form.get(f"{name}_{key}")
            count[name] = parse_quantity(value)
            if count[name] is None:
                raise UserError(
                    request.env._(
                        "“%(text)s” is no quantity of %(part)s: type a number such "
                        "as 2.",
                        text=clean_line(value, 20),
                        part=line_sudo.product_id.display_name,
                    )
                )
        if count["wrong"]:
            count["product"] = self._find_wrong_part(
                line_sudo, form.get(f"product_{key}")
            )
        note = clean_text(form.get(f"note_{key}"))[:LONGEST_NOTE]
        photos = self._read_point_photos(f"photos_{key}")
        if note:
            count["note"] = note
        if photos:
            count["photos"] = self._keep_point_photos(photos, line_sudo.request_id)
        return count

    def _find_wrong_part(self, line_sudo, code):
        """Return the part that came instead, by the code on its label."""
        text = self._clean_search(code)
        # sudo: product.product - the part that a code on a label names
        part_sudo = (
            request.env["product.product"]
            .sudo()
            .search(
                self._get_requestable_domain()
                & (Domain("default_code", "=", text) | Domain("barcode", "=", text)),
                limit=1,
            )
            if text
            else request.env["product.product"]
        )
        if not part_sudo:
            raise UserError(
                request.env._(
                    "Type the code on the label of what came instead of %(part)s.",
                    part=line_sudo.product_id.display_name,
                )
            )
        return part_sudo
