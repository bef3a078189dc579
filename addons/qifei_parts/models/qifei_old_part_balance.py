from odoo import api, fields, models
from odoo.fields import Domain


class QifeiOldPart(models.Model):
    """What each engineer and service point still has to bring back."""

    _inherit = "qifei.old.part"

    @api.model
    def _get_balance(self, holders):
        """Add up the open pieces of holders with one query.

        A service point answers for its own pieces and for those of its engineers.

        :param holders: qifei.engineer or res.partner records
        :return: ``{holder id: {"owed": quantity, "overdue": quantity, "returned":
            quantity}}`` for every holder; what is overdue is owed, too
        """
        balance = {
            holder_id: {"owed": 0.0, "overdue": 0.0, "returned": 0.0}
            for holder_id in holders.ids
        }
        if not balance:
            return balance
        field_name = (
            "engineer_id" if holders._name == "qifei.engineer" else "partner_id"
        )
        today = fields.Date.context_today(self)
        # One group for each day: the day says what is overdue.
        for holder, state, day, quantity in self._read_group(
            Domain(field_name, "in", holders.ids)
            & Domain("state", "in", ("owed", "returned")),
            [field_name, "state", "due_on:day"],
            ["quantity:sum"],
        ):
            balance[holder.id][state] += quantity
            if state == "owed" and day and day < today:
                balance[holder.id]["overdue"] += quantity
        return balance

    @api.model
    def _get_overdue_by_holder(self, engineers, points):
        """Return the overdue pieces of holders with one query.

        :return: ``{qifei.engineer or res.partner: qifei.old.part}``
        """
        by_holder = {}
        for engineer, point, parts in self._read_group(
            Domain("is_overdue", "=", True)
            & (
                Domain("engineer_id", "in", engineers.ids)
                | Domain("partner_id", "in", points.ids)
            ),
            ["engineer_id", "partner_id"],
            ["id:recordset"],
        ):
            for holder in (engineer, point):
                if holder:
                    by_holder[holder] = by_holder.get(holder, self.browse()) | parts
        return by_holder

    # === LIMIT === #

    @api.model
    def _explain_limit(self, requests):
        """Say of which requests the holders owe too many old pieces.

        :param requests: qifei.part.request records
        :return: ``{request: sentence that names part, holder and pieces}``
        """
        limited = requests.filtered("company_id.qifei_old_part_limit")
        overdue = self._get_overdue_by_holder(
            limited.destination_id.qifei_engineer_id,
            limited.destination_id.qifei_partner_id,
        )
        if not overdue:
            return {}
        products = self.env["product.product"].union(
            limited.line_ids.product_id, *(p.product_id for p in overdue.values())
        )
        # A number that replaces the old one is the same part.
        current = products._get_current_map()
        sentences = {}
        for request in limited:
            place = request.destination_id
            holder = place.qifei_engineer_id or place.qifei_partner_id
            sentence = request._explain_owed_pieces(
                holder, overdue.get(holder, self.browse()), current
            )
            if sentence:
                sentences[request] = sentence
        return sentences

    def _get_names(self, limit=5):
        """Return the numbers of the pieces, the first ones of many."""
        names = self.mapped("name")
        if len(names) > limit:
            names = [*names[:limit], "…"]
        return ", ".join(names)
