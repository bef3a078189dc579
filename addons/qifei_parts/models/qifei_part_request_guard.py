from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..const import GROUP_PARTS_KEEPER, HOLDER_KINDS

# What is asked for and where it goes is fixed when the request is submitted.
DRAFT_FIELDS = {
    "company_id",
    "source_id",
    "destination_id",
    "engineer_id",
    "partner_id",
    "work_order_id",
}


class QifeiPartRequest(models.Model):
    """What may be written on a request, by whom and when."""

    _inherit = "qifei.part.request"

    @api.model
    def _is_keeper(self):
        """Tell whether the user keeps parts, or is the program itself."""
        return self.env.user._is_superuser() or self.env.user.has_group(
            GROUP_PARTS_KEEPER
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_line_commands(vals)
        vals_list = [self._fill_destination(vals) for vals in vals_list]
        requests = super().create(vals_list)
        requests._check_destination()
        requests._check_order()
        requests._follow_holders()
        return requests

    def write(self, vals):
        self._check_line_commands(vals)
        if DRAFT_FIELDS & vals.keys() and not self._is_own_step():
            for request in self:
                if request.state != "draft":
                    raise UserError(
                        self.env._(
                            "%(request)s is “%(state)s”: what it asks for is fixed. "
                            "Cancel it and ask anew.",
                            request=request.name,
                            state=request._get_state_label(request.state),
                        )
                    )
        if {"engineer_id", "partner_id"} & vals.keys() and "destination_id" not in vals:
            for request in self:
                current = {
                    "company_id": request.company_id.id,
                    "engineer_id": request.engineer_id.id,
                    "partner_id": request.partner_id.id,
                }
                super(QifeiPartRequest, request).write(
                    self._fill_destination({**current, **vals}) | vals
                )
            self._check_destination()
            return True
        result = super().write(vals)
        if {"destination_id", "source_id"} & vals.keys():
            self._check_destination()
        if "work_order_id" in vals:
            self._check_order()
        return result

    def _check_order(self):
        """Raise when a request is for an order that the user does not see.

        What is received lets the order go on, so nobody names a foreign one.
        """
        try:
            self.work_order_id.check_access("read")
        except AccessError as error:
            raise AccessError(
                self.env._(
                    "Request parts for orders of your own: one of these is somebody "
                    "else's."
                )
            ) from error

    @api.model
    def _check_line_commands(self, vals):
        """Check the quantities of lines before anything is calculated with them."""
        commands = vals.get("line_ids") or ()
        if not isinstance(commands, (list, tuple)):
            self._refuse_lines()
        for command in commands:
            if not isinstance(command, (list, tuple)) or not command:
                self._refuse_lines()
            if command[0] in (Command.CREATE, Command.UPDATE):
                if len(command) != 3 or not isinstance(command[2], dict):
                    self._refuse_lines()
                self.env["qifei.part.request.line"]._check_values(command[2])

    @api.model
    def _refuse_lines(self):
        raise UserError(
            self.env._("Write the parts of a request line by line: part and quantity.")
        )

    @api.model
    def _fill_destination(self, vals):
        """Return the values with the place that goes with the engineer or point."""
        vals = dict(vals)
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        destination = self.env["stock.location"].browse(vals.get("destination_id"))
        if destination:
            # sudo: stock.location - whose place it is, for any user who may ask
            place_sudo = destination.sudo()
            vals.setdefault("company_id", place_sudo.company_id.id or company.id)
            vals["engineer_id"] = place_sudo.qifei_engineer_id.id
            vals["partner_id"] = place_sudo.qifei_partner_id.id
            return vals
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        engineer = self.env["qifei.engineer"].browse(vals.get("engineer_id"))
        if not partner and not engineer:
            engineer = self._get_own_engineer(company)
        if partner:
            vals["destination_id"] = partner._get_point_location(company).id
            vals["engineer_id"] = False
        elif engineer:
            vals["destination_id"] = engineer._get_van().id
            vals["engineer_id"] = engineer.id
        else:
            raise UserError(
                self.env._(
                    "Say for whom the parts are: choose an engineer or a service point."
                )
            )
        return vals

    @api.model
    def _get_own_engineer(self, company):
        """Return the engineer who the user is in ``company``, if he is one."""
        return self.env["qifei.engineer"].search(
            [("user_id", "=", self.env.uid), ("company_id", "=", company.id)], limit=1
        )

    def _check_destination(self):
        """Raise when parts go nowhere, or to a place that is not the user's."""
        for request in self:
            # sudo: stock.location - kind of the place, for users without stock rights
            destination_sudo = request.destination_id.sudo()
            if destination_sudo.qifei_kind not in HOLDER_KINDS:
                raise UserError(
                    self.env._(
                        "%(request)s cannot go to %(place)s: parts are requested for a "
                        "van or a service point.",
                        request=request.name,
                        place=destination_sudo.display_name,
                    )
                )
            request._check_source()
            if request.destination_id == request.source_id:
                raise UserError(
                    self.env._(
                        "%(request)s takes the parts from %(place)s where it wants "
                        "them: choose another place to take them from.",
                        request=request.name,
                        place=destination_sudo.display_name,
                    )
                )
            if not self.env.su and not self._is_keeper():
                request._check_own_place()

    def _check_source(self):
        """Raise when parts come from where none lie to be given away.

        Vendors, customers and the like give whatever is asked of them: pieces would be
        shipped that nobody has.
        """
        self.ensure_one()
        # sudo: stock.location - kind of the place, for users without stock rights
        source_sudo = self.source_id.sudo()
        kind = source_sudo.qifei_place_id.qifei_kind
        if source_sudo.usage != "internal" or kind not in (False, "van", "point"):
            raise UserError(
                self.env._(
                    "%(request)s cannot take parts from %(place)s: choose a warehouse, "
                    "a van or a service point.",
                    request=self.name,
                    place=source_sudo.display_name,
                )
            )

    def _check_own_place(self):
        """Raise when the destination is not the user's van or service point."""
        self.ensure_one()
        # sudo: stock.location - who holds a place, asked by anybody
        destination_sudo = self.destination_id.sudo()
        if self.env.user not in destination_sudo._get_holder_users():
            raise AccessError(
                self.env._(
                    "%(place)s is not yours: you can request and receive parts for "
                    "your own van and your own service point.",
                    place=destination_sudo.display_name,
                )
            )

    def _follow_holders(self):
        """Let the people at the destination follow what is on its way to them."""
        # sudo: stock.location - who is at the destination, asked by anybody
        requests_sudo = self.sudo()
        # sudo: mail.followers - granted by the request itself
        followers_sudo = self.env["mail.followers"].sudo()
        for (destination, requester), requests in requests_sudo.grouped(
            lambda request: (request.destination_id, request.requester_id)
        ).items():
            # sudo: res.users - people at the destination, whoever asks
            users_sudo = destination._get_holder_users().sudo() | requester
            followers_sudo._insert_followers(
                self._name, requests.ids, users_sudo.partner_id.ids
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for request in self:
            if request.state != "draft":
                raise UserError(
                    self.env._(
                        "%(request)s has been submitted and stays on file. Cancel it "
                        "instead.",
                        request=request.name,
                    )
                )
