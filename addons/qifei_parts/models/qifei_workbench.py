from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import GROUP_ENGINEER, GROUP_PARTS_KEEPER

OPEN_PICKING_STATES = ("confirmed", "waiting", "assigned")


class QifeiWorkbench(models.AbstractModel):
    """Adds parts: what the keeper approves, ships and inspects; what the engineer has.

    The parts of an engineer are those of his van and of his service point.
    """

    _inherit = "qifei.workbench"

    @api.model
    def _get_cards(self):
        cards = super()._get_cards()
        if self.env.user.has_group(GROUP_PARTS_KEEPER):
            cards += self._get_parts_keeper_cards()
        if self.env.user.has_group(GROUP_ENGINEER):
            cards += self._get_parts_engineer_cards()
        return [card for card in cards if card]

    # === PARTS KEEPER === #

    @api.model
    def _get_parts_keeper_cards(self):
        return [
            self._prepare_request_card(
                "parts_to_approve",
                self.env._("Part requests to approve"),
                Domain("state", "=", "submitted"),
                icon="fa-check-square-o",
                sequence=40,
                color="warning",
                empty=self.env._("No part request waits for an answer."),
            ),
            self._prepare_request_card(
                "parts_to_ship",
                self.env._("Part requests to ship"),
                self._get_to_ship_domain(),
                icon="fa-cube",
                sequence=42,
                color="info",
                empty=self.env._("Everything approved is on its way."),
            ),
            self._prepare_record_card(
                "parts_discrepancies",
                self.env._("Discrepancies to settle"),
                "qifei.part.discrepancy",
                Domain("state", "=", "open"),
                self._prepare_discrepancy_item,
                order="id",
                icon="fa-balance-scale",
                sequence=44,
                color="danger",
                action="qifei_parts.qifei_part_discrepancy_action",
                empty=self.env._("Everything arrived as it was shipped."),
            ),
            self._prepare_old_part_card(
                "parts_old_to_inspect",
                self.env._("Old parts to inspect"),
                Domain("state", "=", "received"),
                icon="fa-search",
                sequence=46,
                color="info",
                empty=self.env._("No old part waits for its inspection."),
            ),
            self._prepare_old_part_card(
                "parts_old_overdue",
                self.env._("Overdue old parts"),
                Domain("is_overdue", "=", True),
                icon="fa-recycle",
                sequence=48,
                color="danger",
                empty=self.env._("Every old part came back in time."),
            ),
            self._prepare_record_card(
                "parts_suggestions",
                self.env._("Stock levels to decide on"),
                "qifei.part.suggestion",
                Domain("state", "=", "open") & Domain("is_different", "=", True),
                self._prepare_suggestion_item,
                icon="fa-line-chart",
                sequence=50,
                color="info",
                action="qifei_parts.qifei_part_suggestion_action",
                empty=self.env._("All vans and service points have their levels."),
            ),
        ]

    @api.model
    def _get_to_ship_domain(self):
        """Return requests of which something is still in the warehouse."""
        waiting = Domain("picking_type_id.qifei_purpose", "=", "ship") & Domain(
            "state", "in", OPEN_PICKING_STATES
        )
        return Domain("state", "=", "approved") | (
            Domain("state", "=", "shipped") & Domain("picking_ids", "any", waiting)
        )

    # === ENGINEER === #

    @api.model
    def _get_parts_engineer_cards(self):
        return [
            self._prepare_request_card(
                "parts_to_receive",
                self.env._("Parts to receive"),
                Domain("state", "=", "shipped") & self._get_my_parts_domain(),
                icon="fa-truck",
                sequence=12,
                color="info",
                empty=self.env._("No parts are on their way to you."),
            ),
            self._prepare_record_card(
                "parts_to_use",
                self.env._("Parts to use or return"),
                "qifei.work.order.part",
                Domain("state", "=", "issued")
                & Domain("order_id.engineer_id.user_id", "=", self.env.uid),
                self._prepare_need_item,
                order="order_id, id",
                icon="fa-wrench",
                sequence=13,
                color="warning",
                action="qifei_parts.qifei_work_order_part_action",
                empty=self.env._("Everything issued to you was used or returned."),
            ),
            self._prepare_old_part_card(
                "parts_old_owed",
                self.env._("Old parts you owe"),
                Domain("state", "=", "owed") & Domain("is_mine", "=", True),
                icon="fa-recycle",
                sequence=14,
                color="warning",
                action="qifei_parts.qifei_old_part_action_mine",
                empty=self.env._("You owe no old part."),
            ),
        ]

    @api.model
    def _get_my_parts_domain(self):
        """Return what goes to the van or the service point of the user."""
        return Domain("engineer_id.user_id", "=", self.env.uid) | Domain(
            "partner_id.qifei_point_engineer_ids.user_id", "=", self.env.uid
        )

    # === CARDS === #

    @api.model
    def _prepare_request_card(self, card_id, title, domain, **options):
        return self._prepare_record_card(
            card_id,
            title,
            "qifei.part.request",
            domain,
            self._prepare_request_item,
            order="priority desc, needed_on, id",
            action="qifei_parts.qifei_part_request_action",
            **options,
        )

    @api.model
    def _prepare_old_part_card(self, card_id, title, domain, **options):
        options.setdefault("action", "qifei_parts.qifei_old_part_action")
        return self._prepare_record_card(
            card_id,
            title,
            "qifei.old.part",
            domain,
            self._prepare_old_part_item,
            order="due_on, id",
            **options,
        )

    # === ITEMS === #

    @api.model
    def _prepare_request_item(self, request):
        needed = (
            self.env._("by %(date)s", date=format_date(self.env, request.needed_on))
            if request.needed_on
            else ""
        )
        return self._prepare_item(
            request,
            # sudo: stock.location - the name of the place the request goes to
            f"{request.name} · {request.destination_id.sudo().name}",
            request.part_summary,
            needed or request._get_state_label(request.state),
            "danger" if request.is_late else "",
        )

    @api.model
    def _prepare_discrepancy_item(self, discrepancy):
        kinds = dict(discrepancy._fields["kind"]._description_selection(self.env))
        return self._prepare_item(
            discrepancy,
            f"{discrepancy.request_id.name} · "
            f"{discrepancy.expected_product_id.display_name}",
            discrepancy.engineer_id.name or discrepancy.partner_id.name,
            kinds.get(discrepancy.kind),
            "danger",
        )

    @api.model
    def _prepare_old_part_item(self, part):
        return self._prepare_item(
            part,
            f"{part.name} · {part.product_id.display_name}",
            " · ".join(filter(None, (part.holder_name, part.serial))),
            format_date(self.env, part.due_on)
            if part.due_on
            else part._get_state_label(part.state),
            "danger" if part.is_overdue else "",
        )

    @api.model
    def _prepare_need_item(self, need):
        return self._prepare_item(
            need.order_id,
            f"{need.quantity_open:g} × {need.product_id.display_name}",
            f"{need.order_id.name} · {need.order_id.partner_id.display_name}",
            need.order_id._get_state_label(need.order_id.state),
        )

    @api.model
    def _prepare_suggestion_item(self, suggestion):
        return self._prepare_item(
            suggestion,
            suggestion.product_id.display_name,
            suggestion.location_id.name,
            self.env._(
                "%(min)s to %(max)s",
                min=f"{suggestion.suggested_min:g}",
                max=f"{suggestion.suggested_max:g}",
            ),
            "info",
        )
