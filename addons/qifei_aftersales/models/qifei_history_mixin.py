from typing import NamedTuple

from odoo import api, fields, models


class HistorySource(NamedTuple):
    """One kind of events in a history.

    :param kind: short name of the kind, also of its filter
    :param label: name of the kind for people
    :param icon: Font Awesome class
    :param model: model of the records
    :param domain: records that belong to the history
    :param date_field: field that dates the event
    :param prepare: function of one record, returning ``title`` and further texts
    """

    kind: str
    label: str
    icon: str
    model: str
    domain: list
    date_field: str
    prepare: callable


class QifeiHistoryMixin(models.AbstractModel):
    """Puts everything that happened around one record in one list, newest first.

    A model lists its sources in ``_get_history_sources``; other addons add theirs with
    super. Each source costs a constant number of queries. Records the user may not
    read are left out.
    """

    _name = "qifei.history.mixin"
    _description = "Service history"

    @api.readonly
    def get_history(self, limit=100):
        """Return the history as the history widget shows it.

        :param int limit: how many events of each kind at most
        :return: list of dicts, newest first, of plain values
        """
        self.ensure_one()
        self.check_access("read")
        return [
            {
                **{name: value for name, value in event.items() if name != "record"},
                "date": fields.Datetime.to_string(event["date"]),
                "model": event["record"]._name,
                "id": event["record"].id,
            }
            for event in self._get_history(max(1, min(int(limit), 500)))
        ]

    def _get_history(self, limit=100):
        """Return what happened, newest first.

        :param int limit: how many events of each kind at most
        :return: list of dicts with ``date`` (datetime), ``kind``, ``label``, ``icon``,
            ``title``, ``subtitle``, ``badge``, ``badge_color`` and ``record``
        """
        self.ensure_one()
        events = []
        for source in self._get_history_sources():
            model = self.env[source.model]
            if not model.has_access("read"):
                continue
            records = model.search(
                source.domain, limit=limit, order=f"{source.date_field} desc, id desc"
            )
            for record in records:
                events.append(
                    {
                        "date": fields.Datetime.to_datetime(
                            record[source.date_field] or record.create_date
                        ),
                        "kind": source.kind,
                        "label": source.label,
                        "icon": source.icon,
                        "subtitle": "",
                        "badge": "",
                        "badge_color": "secondary",
                        "record": record,
                        **source.prepare(record),
                    }
                )
        return sorted(events, key=lambda event: event["date"], reverse=True)

    def _get_history_sources(self):
        """Return the kinds of events of this record.

        :return: list of HistorySource
        """
        raise NotImplementedError(f"{self._name} must return its history sources")

    # === EVENTS OF THE SUITE'S OWN MODELS === #

    def _get_card_source(self, domain):
        return HistorySource(
            kind="card",
            label=self.env._("Warranty card"),
            icon="fa-shield",
            model="qifei.warranty.card",
            domain=domain,
            date_field="date_activation",
            prepare=self._prepare_card_event,
        )

    def _get_ticket_source(self, domain):
        return HistorySource(
            kind="ticket",
            label=self.env._("Ticket"),
            icon="fa-ticket",
            model="qifei.ticket",
            domain=domain,
            date_field="received_on",
            prepare=self._prepare_ticket_event,
        )

    def _get_order_source(self, domain):
        return HistorySource(
            kind="order",
            label=self.env._("Work order"),
            icon="fa-wrench",
            model="qifei.work.order",
            domain=domain,
            date_field="planned_start",
            prepare=self._prepare_order_event,
        )

    @api.model
    def _prepare_card_event(self, card):
        return {
            "title": f"{card.name} {card.policy_id.name or ''}",
            "subtitle": " ".join(
                filter(None, (card.product_id.name, card.serial or ""))
            ),
            **_prepare_badge(card, {"active": "success", "draft": "warning"}),
        }

    @api.model
    def _prepare_ticket_event(self, ticket):
        return {
            "title": f"{ticket.name} {ticket.ticket_type_id.name}",
            "subtitle": ", ".join(ticket.symptom_ids.mapped("name"))
            or (ticket.description or "")[:120],
            **_prepare_badge(
                ticket,
                {"new": "info", "open": "primary", "pending": "warning"},
            ),
        }

    @api.model
    def _prepare_order_event(self, order):
        return {
            "title": f"{order.name} {order.ticket_type_id.name}",
            "subtitle": " · ".join(
                filter(
                    None, (order.engineer_id.name, order.diagnosis or order.result_note)
                )
            ),
            **_prepare_badge(
                order,
                {
                    "draft": "secondary",
                    "cancelled": "secondary",
                    "on_hold": "warning",
                    "done": "success",
                    "verified": "success",
                    "closed": "success",
                },
                default="primary",
            ),
        }


def _prepare_badge(record, colors, default="secondary"):
    labels = dict(record._fields["state"]._description_selection(record.env))
    return {
        "badge": labels[record.state],
        "badge_color": colors.get(record.state, default),
    }
