from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import formatLang

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.qifei_base.controllers.portal_list import PortalListMixin
from odoo.addons.qifei_base.tools.photos import (
    PHOTO_BYTES,
    PHOTO_COUNT,
    PhotoError,
    read_photo,
)
from odoo.addons.qifei_base.tools.texts import clean_line, parse_id


class QifeiPartsPortal(PortalListMixin, CustomerPortal):
    """What the pages of a service point have in common, and its cards on /my.

    A page starts from documents of the visitor's own point, which are searched for as
    the visitor: his record rules hold, and so does the point he belongs to. Whoever
    is no service partner has no such page.
    """

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["qifei_point"] = self._get_point()
        return values

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        point = self._get_point()
        for counter, model_name in {
            "qifei_part_count": "qifei.part.stock",
            "qifei_part_request_count": "qifei.part.request",
            "qifei_old_part_count": "qifei.old.part",
            "qifei_part_statement_count": "qifei.part.statement",
        }.items():
            if counter in counters:
                values[counter] = (
                    request.env[model_name].search_count(
                        self._get_point_domain(model_name)
                    )
                    if point
                    else 0
                )
        return values

    def _get_point(self):
        """Return the service point the visitor belongs to, empty for others."""
        # sudo: res.partner - the visitor's own company, to see what it is to us
        company_sudo = request.env.user.partner_id.sudo().commercial_partner_id
        if request.env.user._is_public() or not company_sudo.qifei_is_service_partner:
            return company_sudo.browse()
        return company_sudo

    def _get_point_domain(self, model_name):
        """Return the domain of what the pages of the visitor's point are about."""
        domain = Domain("partner_id", "=", self._get_point().id or 0)
        if model_name == "qifei.old.part":
            domain &= Domain("state", "in", ("owed", "returned", "received"))
        return domain

    def _get_point_document(self, model_name, document_id):
        """Return a document of the visitor's point in superuser mode, or None.

        :param document_id: id from the address bar or a form, untrusted
        """
        document_id = parse_id(document_id)
        if not document_id or not self._get_point():
            return None
        document = request.env[model_name].search(
            Domain("id", "=", document_id)
            & Domain("partner_id", "=", self._get_point().id)
        )
        # sudo: qifei.part.request - found as the visitor among those of his own point
        return document.sudo() or None

    def _format_point_quantity(self, quantity):
        """Return a quantity as text, without decimals that say nothing; "" for none."""
        if not quantity:
            return ""
        text = f"{quantity:.4f}".rstrip("0").rstrip(".")
        decimals = len(text.partition(".")[2])
        return formatLang(request.env, quantity, digits=decimals)

    def _change_point_document(self, document_sudo, change, render, done):
        """Do a step after a POST and show the document again, with what went wrong.

        :param change: function without arguments; what it raises undoes it
        :param render: function that shows the page, taking the keyword ``error``
        :param str done: what the page says when it went well
        """
        try:
            with request.env.cr.savepoint():
                change()
        except UserError as error:
            return render(error=error.args[0])
        return request.redirect_query(document_sudo.access_url, {"done": done})

    def _read_point_photos(self, name):
        """Return the photos sent under a field name as clean pictures.

        :raise UserError: too many, too large, or no picture
        """
        uploads = [
            upload
            for upload in request.httprequest.files.getlist(name)
            if upload.filename
        ]
        if len(uploads) > PHOTO_COUNT:
            raise UserError(
                request.env._("Send at most %(count)s photos.", count=PHOTO_COUNT)
            )
        photos = []
        for upload in uploads:
            try:
                photos.append(read_photo(upload.stream))
            except PhotoError as error:
                raise UserError(
                    self._get_photo_text(error, clean_line(upload.filename, 60))
                ) from error
        return photos

    def _get_photo_text(self, error, name):
        if error.reason == "size":
            return request.env._(
                "“%(name)s” is too large: a photo may have %(size)s MB.",
                name=name,
                size=PHOTO_BYTES // 1024 // 1024,
            )
        return request.env._(
            "“%(name)s” is no photo we can open. Send JPEG or PNG.", name=name
        )

    def _keep_point_photos(self, photos, document_sudo):
        """Attach clean pictures to a document of the visitor's point."""
        # sudo: ir.attachment - photos the visitor sends with the step he may do
        attachments_sudo = request.env["ir.attachment"].sudo()
        return attachments_sudo.create(
            [
                {
                    "name": f"{document_sudo.name}-{number}{photo.suffix}",
                    "raw": photo.content,
                    "res_model": document_sudo._name,
                    "res_id": document_sudo.id,
                }
                for number, photo in enumerate(photos, 1)
            ]
        )
