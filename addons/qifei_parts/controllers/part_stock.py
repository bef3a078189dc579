from odoo.http import request, route

from .portal import QifeiPartsPortal


class QifeiPartStockPortal(QifeiPartsPortal):
    """What a service point has in stock."""

    @route(
        ["/my/parts", "/my/parts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_parts(self, page=1, **query):
        if not self._get_point():
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update(
            self._prepare_portal_list(
                "qifei.part.stock",
                url="/my/parts",
                domain=self._get_point_domain("qifei.part.stock"),
                sortings={
                    "part": {
                        "label": request.env._("Part"),
                        "order": "product_id, id",
                    },
                    "free": {
                        "label": request.env._("Free quantity"),
                        "order": "free desc, id",
                    },
                },
                filters={
                    "all": {"label": request.env._("All"), "domain": []},
                    "free": {
                        "label": request.env._("Free"),
                        "domain": [("free", ">", 0)],
                    },
                    "incoming": {
                        "label": request.env._("On the way"),
                        "domain": [("incoming", ">", 0)],
                    },
                },
                inputs={
                    "part": {
                        "label": request.env._("Name, code or barcode"),
                        "fields": (
                            "product_id.name",
                            "product_id.default_code",
                            "product_id.barcode",
                        ),
                    }
                },
                date_field="date_expected",
                page=page,
                **query,
            )
        )
        # sudo: qifei.part.stock - found as the visitor; names of products are shown
        rows_sudo = values.pop("records").sudo()
        values.update(
            page_name="qifei_parts",
            parts=[
                {
                    "name": row.product_id.name,
                    "code": row.product_id.default_code,
                    "unit": row.product_id.uom_id.name,
                    "is_free": row.free > 0,
                    "free": self._format_point_quantity(row.free) or "0",
                    "reserved": self._format_point_quantity(row.reserved),
                    "incoming": self._format_point_quantity(row.incoming),
                    "date_expected": row.date_expected,
                }
                for row in rows_sudo
            ],
        )
        return request.render("qifei_parts.portal_parts", values)
