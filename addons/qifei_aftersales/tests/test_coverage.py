import doctest
import json
from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.qifei_aftersales.tools import coverage

# The time a step takes depends on what else the machine does.
settings.register_profile("qifei", deadline=None)
settings.load_profile("qifei")

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))
terms = st.integers(min_value=1, max_value=600)
kinds = st.sampled_from(["part", "labour", "travel", "other"])


@st.composite
def lines(draw):
    start = draw(days)
    return {
        "id": draw(st.integers(min_value=1, max_value=9)),
        "component": draw(
            st.sampled_from(["machine", "main_part", "labour", "travel"])
        ),
        "clause": draw(st.text(max_size=10)),
        "policy_version": draw(st.integers(min_value=1, max_value=5)),
        "date_start": start.isoformat(),
        "date_end": coverage.add_months(start, draw(terms)).isoformat(),
        "product_ids": draw(st.lists(st.integers(1, 4), max_size=2)),
        "category_ids": draw(st.lists(st.integers(1, 4), max_size=2)),
    }


@st.composite
def questions(draw):
    return {
        "rules": 1,
        "kind": draw(kinds),
        "date": draw(days).isoformat(),
        "product_id": draw(st.integers(0, 4)),
        "category_ids": draw(st.lists(st.integers(1, 4), max_size=3)),
        "card": draw(
            st.sampled_from(
                [
                    None,
                    {"state": "draft"},
                    {"state": "active"},
                    {"state": "expired"},
                    {"state": "void"},
                ]
            )
        ),
        "lines": draw(st.lists(lines(), max_size=5)),
    }


def make_question(
    kind="part", day="2026-06-01", product=1, categories=(), card="active"
):
    """Household appliance bought on 15 January 2026: machine 1 year, main parts 3."""

    def line(number, component, months, **values):
        return {
            "id": number,
            "component": component,
            "clause": f"{component} {months}",
            "policy_version": 1,
            "date_start": "2026-01-15",
            "date_end": coverage.add_months(date(2026, 1, 15), months).isoformat(),
            "product_ids": [],
            "category_ids": [],
            **values,
        }

    return {
        "rules": 1,
        "kind": kind,
        "date": day,
        "product_id": product,
        "category_ids": list(categories),
        "card": {"state": card},
        "lines": [
            line(1, "machine", 12),
            line(2, "main_part", 36, product_ids=[7], category_ids=[70]),
        ],
    }


@tagged("post_install", "-at_install")
class TestCoverage(BaseCase):
    # === MONTHS === #

    def test_examples_in_docstrings_hold(self):
        results = doctest.testmod(coverage)
        self.assertGreater(results.attempted, 2)
        self.assertFalse(results.failed)

    @given(days, terms)
    def test_term_ends_on_the_corresponding_day(self, start, months):
        end = coverage.add_months(start, months)
        self.assertEqual((end.year - start.year) * 12 + end.month - start.month, months)
        self.assertEqual(end.day, min(start.day, monthrange(end.year, end.month)[1]))

    @given(days, terms, terms)
    def test_longer_terms_end_later(self, start, months, more):
        self.assertLess(
            coverage.add_months(start, months),
            coverage.add_months(start, months + more),
        )

    @given(days, st.integers(1, 300), terms)
    def test_later_starts_never_end_earlier(self, start, delay, months):
        self.assertLessEqual(
            coverage.add_months(start, months),
            coverage.add_months(start + timedelta(days=delay), months),
        )

    def test_a_term_without_months_is_refused(self):
        for months in (0, -3):
            with self.assertRaises(ValueError):
                coverage.add_months(date(2026, 1, 1), months)

    # === DECISIONS === #

    def test_household_appliance_one_year_and_three_years(self):
        cases = [
            # kind, product, categories, day, covered, reason
            ("part", 1, (), "2026-01-14", False, "before_term"),
            ("part", 1, (), "2026-01-15", True, "in_term"),
            ("part", 1, (), "2027-01-15", True, "in_term"),
            ("part", 1, (), "2027-01-16", False, "after_term"),
            ("part", 7, (), "2027-01-16", True, "in_term"),
            ("part", 8, (70,), "2029-01-15", True, "in_term"),
            ("part", 8, (70,), "2029-01-16", False, "after_term"),
            ("labour", 2, (), "2027-01-15", True, "in_term"),
            ("labour", 2, (), "2027-01-16", False, "after_term"),
            ("travel", 3, (), "2027-01-15", True, "in_term"),
            ("other", 4, (), "2026-06-01", False, "kind_excluded"),
        ]
        for kind, product, categories, day, covered, reason in cases:
            with self.subTest(kind=kind, product=product, day=day):
                answer = coverage.decide(make_question(kind, day, product, categories))
                self.assertEqual((answer.covered, answer.reason), (covered, reason))
                self.assertEqual(answer.coverage, "warranty" if covered else "customer")

    def test_own_clause_for_work_comes_before_the_machine(self):
        question = make_question("labour", "2026-06-01")
        question["lines"].append(
            {
                **question["lines"][0],
                "id": 3,
                "component": "labour",
                "date_end": "2026-04-15",
            }
        )
        answer = coverage.decide(question)
        self.assertFalse(answer.covered)
        self.assertEqual((answer.reason, answer.card_line), ("after_term", 3))

    def test_the_clause_that_ends_last_is_named(self):
        answer = coverage.decide(make_question("part", "2026-06-01", product=7))
        self.assertEqual(answer.card_line, 2)
        self.assertEqual(answer.date_end, "2029-01-15")

    def test_cards_that_do_not_count(self):
        for state, reason in (("draft", "not_active"), ("void", "void")):
            answer = coverage.decide(make_question(card=state))
            self.assertEqual((answer.covered, answer.reason), (False, reason))
        question = make_question()
        question["card"] = None
        self.assertEqual(coverage.decide(question).reason, "no_card")
        question = make_question()
        question["lines"] = []
        self.assertEqual(coverage.decide(question).reason, "no_clause")

    def test_an_expired_card_answers_for_days_within_its_term(self):
        self.assertTrue(coverage.decide(make_question(card="expired")).covered)

    def test_unknown_rules_are_refused(self):
        with self.assertRaises(ValueError):
            coverage.decide({**make_question(), "rules": 2})

    # === PROPERTIES === #

    @given(questions())
    def test_replay_from_json_is_the_same(self, question):
        stored = json.loads(json.dumps(question))
        self.assertEqual(coverage.decide(question), coverage.decide(stored))

    @given(questions())
    def test_answers_are_consistent(self, question):
        answer = coverage.decide(question)
        self.assertEqual(answer.covered, answer.coverage == "warranty")
        self.assertEqual(answer.covered, answer.reason == "in_term")
        if answer.covered:
            self.assertLessEqual(answer.date_start, question["date"])
            self.assertGreaterEqual(answer.date_end, question["date"])
            self.assertIn(question["card"]["state"], ("active", "expired"))

    @given(questions(), st.integers(0, 4), st.integers(1, 2000))
    def test_a_longer_clause_never_takes_cover_away(self, question, which, more):
        before = coverage.decide(question)
        if question["lines"]:
            line = question["lines"][which % len(question["lines"])]
            end = date.fromisoformat(line["date_end"]) + timedelta(days=more)
            line["date_end"] = end.isoformat()
        after = coverage.decide(question)
        self.assertLessEqual(before.covered, after.covered)

    @given(questions(), st.randoms())
    def test_order_of_clauses_does_not_matter(self, question, random):
        ids = iter(range(1, 10))
        for line in question["lines"]:
            line["id"] = next(ids)
        shuffled = {**question, "lines": list(question["lines"])}
        random.shuffle(shuffled["lines"])
        self.assertEqual(coverage.decide(question), coverage.decide(shuffled))

    @given(questions(), st.integers(1, 30))
    def test_days_between_two_covered_days_of_one_clause_are_covered(
        self, question, days_later
    ):
        first = coverage.decide(question)
        later = (
            date.fromisoformat(question["date"]) + timedelta(days=days_later)
        ).isoformat()
        last = coverage.decide({**question, "date": later})
        if first.covered and last.covered and first.card_line == last.card_line:
            between = (
                date.fromisoformat(question["date"]) + timedelta(days=days_later // 2)
            ).isoformat()
            self.assertTrue(coverage.decide({**question, "date": between}).covered)
