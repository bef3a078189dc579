"""Warranty arithmetic and the covered / not covered decision, without Odoo.

Everything here works on plain values (numbers, texts, lists, dicts, ISO dates): the
input of a decision can be stored as JSON and decided again years later with the same
answer, whatever has become of policies, products and categories in the meantime.
"""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta

RULES_VERSION = 1

WARRANTY = "warranty"
CUSTOMER = "customer"

MACHINE = "machine"
MAIN_PART = "main_part"
# A part fitted earlier that has a warranty of its own.
FITTED_PART = "fitted_part"


class Coverage(NamedTuple):
    """Answer to "who pays this charge".

    :param covered: the warranty pays
    :param coverage: ``warranty`` or ``customer``
    :param reason: stable code of the rule that decided, see ``decide``
    :param clause: text of the deciding clause, empty when there is none
    :param card_line: identifier of the deciding line, 0 when there is none
    :param policy_version: version of the policy that the clause was taken from, or 0
    :param date_start: first day of the deciding clause (ISO date) or empty
    :param date_end: last day of the deciding clause (ISO date), included, or empty
    """

    covered: bool
    coverage: str
    reason: str
    clause: str = ""
    card_line: int = 0
    policy_version: int = 0
    date_start: str = ""
    date_end: str = ""


def add_months(start, months):
    """Return the last day, included, of a term of ``months`` counted from ``start``.

    Formula: ``start + relativedelta(months=months)``. The day on which the term begins
    is not counted and the term ends with the corresponding day of the last month, or
    with the last day of that month when it has no such day. That is the rule of the
    Civil Code of the PRC, articles 201 and 202, to which the "three guarantees"
    (三包) periods are subject, and of Regulation (EEC, Euratom) 1182/71, article 3.

    >>> from datetime import date
    >>> add_months(date(2026, 1, 15), 12)
    datetime.date(2027, 1, 15)
    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> add_months(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)

    :param date start: day of purchase, installation or activation
    :param int months: length of the term, at least 1
    :raise ValueError: ``months`` is not positive
    """
    if months < 1:
        raise ValueError("A warranty term is at least one month.")
    return start + relativedelta(months=months)


def decide(question):
    """Decide who pays one charge.

    The rules, version 1, in this order:

    1. ``no_card``: the machine has no warranty card.
    2. ``not_active``: the card is a draft; ``void``: the card was declared void.
    3. ``kind_excluded``: charges of kind ``other`` (agency items, consumables) are
       never covered.
    4. Candidate clauses. A part is covered by the clause "whole machine" and by every
       clause "main part" that names the part or one of its product categories. Labour
       and travel are covered by the clauses for labour and travel; only when the card
       has none for that kind does the clause "whole machine" cover them, since repair
       within the term is free of charge including work (三包: 整机一年, 主要部件三年
       for household appliances, 部分商品修理更换退货责任规定).
    5. ``no_clause``: there is no candidate.
    6. ``in_term``: a candidate whose first day <= day of the fault <= last day covers
       it; of several the one that ends last decides, then the more specific one.
    7. ``before_term`` / ``after_term``: otherwise; the candidate that is nearest to the
       day is named.

    A part that was fitted earlier and has a warranty of its own brings a clause
    "fitted part". It is a candidate for parts that it names, also where rules 1 and 2
    find no card or a draft; a card declared void ends it, too.

    :param dict question: ``kind`` (part, labour, travel, other), ``date`` (ISO),
        ``product_id``, ``category_ids`` (the category of the product and its parents),
        ``card`` (None or ``{"state": …}``) and ``lines``, each with ``id``,
        ``component``, ``clause``, ``policy_version``, ``date_start``, ``date_end``,
        ``product_ids``, ``category_ids``; ``rules`` is the version of these rules
    :rtype: Coverage
    :raise ValueError: the question was asked under rules that are not known here
    """
    if question.get("rules", RULES_VERSION) != RULES_VERSION:
        raise ValueError(f"Unknown coverage rules: {question['rules']!r}")
    card = question.get("card")
    if card and card["state"] == "void":
        return _customer("void")
    day = question["date"]
    fitted = _get_fitted(question)
    if not card or card["state"] == "draft":
        in_term = _get_in_term(fitted, day)
        return _covered(in_term) or _customer("not_active" if card else "no_card")
    if question["kind"] == "other":
        return _customer("kind_excluded")
    candidates = _get_candidates(question) + fitted
    if not candidates:
        return _customer("no_clause")
    in_term = _get_in_term(candidates, day)
    if in_term:
        return _covered(in_term)
    past = [line for line in candidates if line["date_end"] < day]
    if past:
        line = max(past, key=_preference)
        return Coverage(False, CUSTOMER, "after_term", **_describe(line))
    line = min(candidates, key=lambda line: (line["date_start"], line["id"]))
    return Coverage(False, CUSTOMER, "before_term", **_describe(line))


def _get_candidates(question):
    kind = question["kind"]
    machine = [line for line in question["lines"] if line["component"] == MACHINE]
    if kind == "part":
        return machine + [
            line
            for line in question["lines"]
            if line["component"] == MAIN_PART and _names_product(line, question)
        ]
    own = [line for line in question["lines"] if line["component"] == kind]
    return own or machine


def _get_fitted(question):
    if question["kind"] != "part":
        return []
    return [
        line
        for line in question["lines"]
        if line["component"] == FITTED_PART and _names_product(line, question)
    ]


def _get_in_term(lines, day):
    return [line for line in lines if line["date_start"] <= day <= line["date_end"]]


def _covered(lines):
    if not lines:
        return None
    line = max(lines, key=_preference)
    return Coverage(True, WARRANTY, "in_term", **_describe(line))


def _names_product(line, question):
    return question.get("product_id") in line["product_ids"] or bool(
        set(question.get("category_ids", ())) & set(line["category_ids"])
    )


def _preference(line):
    # ISO dates sort as texts; the smaller id wins a tie so that the answer is stable.
    return (line["date_end"], line["component"] != MACHINE, -line["id"])


def _describe(line):
    return {
        "clause": line["clause"],
        "card_line": line["id"],
        "policy_version": line["policy_version"],
        "date_start": line["date_start"],
        "date_end": line["date_end"],
    }


def _customer(reason):
    return Coverage(False, CUSTOMER, reason)
