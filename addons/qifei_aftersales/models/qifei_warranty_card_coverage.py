from odoo import fields, models

from ..tools import coverage


class QifeiWarrantyCard(models.Model):
    """The one place that answers "is this covered"."""

    _inherit = "qifei.warranty.card"

    def _coverage(self, product, kind, date=None):
        """Tell who pays for a charge on the machine of this card.

        :param product: product.product of the charge, may be empty
        :param kind: part, labour, travel or other
        :param date: day of the fault, today when left out
        :return: the answer, ``coverage.Coverage``; an empty card covers nothing
        """
        return coverage.decide(self._get_coverage_question(product, kind, date))

    def _get_coverage_question(self, product, kind, date=None, clauses=()):
        """Return everything the decision rests on, as plain JSON values.

        :param clauses: further clauses, in the form of those of the card
        :return: the argument of ``coverage.decide``; what it does not read (numbers and
            names) is there as evidence for people
        """
        day = fields.Date.to_date(date) or fields.Date.context_today(self)
        question = {
            "rules": coverage.RULES_VERSION,
            "kind": kind,
            "date": day.isoformat(),
            "product_id": product.id or 0,
            "product": product.display_name or "",
            "category_ids": product.categ_id._get_path_ids(),
            "card": None,
            "lines": [],
        }
        if self:
            self.ensure_one()
            question["card"] = {
                "id": self.id,
                "number": self.name,
                "state": self.state,
                "equipment": self.equipment_id.display_name,
                "policy_id": self.policy_id.id or 0,
                "policy": self.policy_id.name or "",
                "policy_version": self.policy_version,
                "date_activation": _to_text(self.date_activation),
                "date_purchase": _to_text(self.equipment_id.date_purchase),
                "date_installation": _to_text(self.equipment_id.date_installation),
            }
            question["lines"] = [
                {
                    "id": line.id,
                    "component": line.component,
                    "clause": line.clause,
                    "policy_version": line.policy_version,
                    "date_start": line.date_start.isoformat(),
                    "date_end": line.date_end.isoformat(),
                    "product_ids": line.product_ids.ids,
                    "category_ids": line.category_ids.ids,
                }
                for line in self.line_ids
            ]
        question["lines"] += clauses
        return question


def _to_text(day):
    return day.isoformat() if day else ""
