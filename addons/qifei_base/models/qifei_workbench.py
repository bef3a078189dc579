from odoo import api, models
from odoo.exceptions import AccessError

ROLE_GROUPS = (
    "qifei_base.group_agent",
    "qifei_base.group_dispatcher",
    "qifei_base.group_engineer",
    "qifei_base.group_parts_keeper",
)
ITEMS_PER_CARD = 5


class QifeiWorkbench(models.AbstractModel):
    """Collects the cards of the first screen; every addon adds its own.

    An addon extends ``_get_cards()`` with super and shows a card only to the roles
    that can work with it. The number of queries of a card must not depend on the
    number of records behind it.
    """

    _name = "qifei.workbench"
    _description = "Workbench"

    @api.model
    @api.readonly
    def get_cards(self):
        """Return the cards of the present user, in the order of the screen.

        :return: list of dicts as made by ``_prepare_card``
        :raise AccessError: the user has no after-sales role
        """
        if not self._has_role():
            raise AccessError(
                self.env._(
                    "The workbench is for people with an after-sales role. Ask an "
                    "administrator to give you one."
                )
            )
        return sorted(
            self._get_cards(), key=lambda card: (card["sequence"], card["id"])
        )

    @api.model
    def _has_role(self):
        return any(self.env.user.has_group(group) for group in ROLE_GROUPS)

    @api.model
    def _get_cards(self):
        """Return the cards in any order; addons extend the list with super."""
        return [self._prepare_announcement_card()]

    @api.model
    def _prepare_announcement_card(self):
        announcements = self.env["qifei.announcement"]
        mine = [("is_for_me", "=", True)]
        unread = announcements.search_count([*mine, ("is_read", "=", False)])
        return self._prepare_card(
            "announcements",
            self.env._("Announcements"),
            icon="fa-bullhorn",
            count=unread,
            color="warning",
            sequence=900,
            action="qifei_base.qifei_announcement_action",
            domain=mine,
            items=[
                self._prepare_item(
                    announcement,
                    announcement.name,
                    subtitle=announcement.excerpt,
                    badge="" if announcement.is_read else self.env._("New"),
                    badge_color="warning",
                )
                for announcement in announcements.search(mine, limit=ITEMS_PER_CARD)
            ],
            empty=self.env._("No announcements at the moment."),
        )

    @api.model
    def _prepare_card(
        self,
        card_id,
        title,
        *,
        icon,
        count,
        items=(),
        sequence=100,
        action=False,
        domain=(),
        context=None,
        color="",
        empty="",
    ):
        """Return one card.

        :param card_id: stable text, unique on the screen
        :param title: heading, a link when ``action`` is given
        :param icon: Font Awesome class such as ``fa-wrench``
        :param count: how many records are behind the card
        :param items: dicts of ``_prepare_item``, the first five are shown
        :param action: XML id of the window action the title opens
        :param domain: filter of that action
        :param context: context of that action
        :param color: ``danger``, ``warning``, ``info``, ``success`` or empty
        :param empty: sentence shown when there are no items
        """
        return {
            "id": card_id,
            "title": title,
            "icon": icon,
            "count": count,
            "sequence": sequence,
            "action": action,
            "domain": list(domain),
            "context": context or {},
            "color": color,
            "items": list(items)[:ITEMS_PER_CARD],
            "empty": empty or self.env._("Nothing to do here."),
        }

    @api.model
    def _prepare_item(self, record, title, subtitle="", badge="", badge_color=""):
        """Return one line of a card, which opens ``record``."""
        return {
            "title": title or "",
            "subtitle": subtitle or "",
            "model": record._name,
            "id": record.id,
            "badge": badge or "",
            "badge_color": badge_color or "",
        }

    @api.model
    def _prepare_record_card(
        self, card_id, title, model_name, domain, get_item, *, order=None, **options
    ):
        """Return the card of the records in ``domain`` that the user may read.

        :param get_item: function that makes the ``_prepare_item`` of a record
        :param order: which records come first
        :param options: further arguments of ``_prepare_card``
        :return: the card, or None when the user may not read the model
        """
        model = self.env[model_name]
        if not model.has_access("read"):
            return None
        records = model.search(domain, limit=ITEMS_PER_CARD, order=order)
        count = len(records)
        if count == ITEMS_PER_CARD:
            count = model.search_count(domain)
        return self._prepare_card(
            card_id,
            title,
            count=count,
            domain=domain,
            items=[get_item(record) for record in records],
            **options,
        )
