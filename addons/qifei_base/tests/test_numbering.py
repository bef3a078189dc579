import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.orm import model_classes
from odoo.orm.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, TransactionCase, get_db_name, tagged
from odoo.tools import mute_logger

CODE = "qifei.test.document"


class TestDocumentModel(models.Model):
    """A numbered document that exists during these tests only."""

    _module = None
    _name = "qifei.test.document"
    _description = "Test document"
    _inherit = ["qifei.number.mixin"]
    _number_code = CODE

    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, ondelete="cascade"
    )


@tagged("post_install", "-at_install")
class TestNumbering(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model_classes.add_to_registry(cls.registry, TestDocumentModel)
        cls.addClassCleanup(cls._remove_model)
        cls.registry._setup_models__(cls.env.cr, [CODE])
        cls.registry.init_models(cls.env.cr, [CODE], {"module": "qifei_base"})
        cls.company = cls.env.company

    def setUp(self):
        super().setUp()
        # PostgreSQL sequences do not go back at the end of a test: new ones for each.
        self.sequence = self.env["ir.sequence"].create(
            {
                "name": "Test document",
                "code": CODE,
                "prefix": "TD%(y)s%(month)s",
                "padding": 5,
                "company_id": False,
            }
        )
        self.other_company = self.env["res.company"].create({"name": "Other"})

    @classmethod
    def _remove_model(cls):
        registry = cls.registry
        model = registry.models.pop(CODE)
        for parent in model.mro():
            if children := getattr(parent, "_inherit_children", None):
                children.discard(CODE)
        registry._setup_models__(cls.cr, [])

    def _create(self, count, **vals):
        return self.env[CODE].create([dict(vals) for _n in range(count)])

    def _add_company_copies(self):
        self.env["ir.sequence"]._ensure_company_copies(
            CODE, self.company | self.other_company
        )

    def test_number_is_prefix_year_month_and_running_number(self):
        today = fields.Date.today()
        document = self._create(1)
        self.assertEqual(document.name, f"TD{today:%y%m}00001")

    def test_batch_counts_on_without_gap_in_order(self):
        names = self._create(25).mapped("name")
        self.assertEqual(names, sorted(set(names)))
        numbers = [int(name[-5:]) for name in names]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 25)))

    def test_each_company_has_its_own_running_number(self):
        self._add_company_copies()
        ours = self._create(3, company_id=self.company.id)
        theirs = self._create(3, company_id=self.other_company.id)
        self.assertEqual(ours.mapped("name"), theirs.mapped("name"))

    def test_mixed_batch_numbers_each_record_for_its_company(self):
        self._add_company_copies()
        companies = [self.company, self.other_company] * 3
        documents = self.env[CODE].create(
            [{"company_id": company.id} for company in companies]
        )
        for company in (self.company, self.other_company):
            mine = documents.filtered(lambda doc, own=company: doc.company_id == own)
            self.assertEqual(
                [int(name[-5:]) for name in mine.mapped("name")], [1, 2, 3]
            )

    def test_values_of_the_caller_stay_untouched(self):
        vals_list = [{}, {"name": "/"}, {"company_id": self.company.id}]
        copy = [dict(vals) for vals in vals_list]
        self.env[CODE].create(vals_list)
        self.env[CODE].create(vals_list)
        self.assertEqual(vals_list, copy)

    def test_given_number_is_kept(self):
        self.assertEqual(self._create(1, name="OLD-7").name, "OLD-7")

    @mute_logger("odoo.sql_db")
    def test_same_number_twice_in_a_company_is_refused(self):
        self._create(1, name="X1")
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self._create(1, name="X1")
        self.assertIn("number_uniq", str(caught.exception))

    def test_copy_gets_a_new_number(self):
        document = self._create(1)
        self.assertNotEqual(document.copy().name, document.name)

    def test_missing_numbering_says_what_to_do(self):
        self.sequence.unlink()
        with self.assertRaisesRegex(
            UserError, "has no numbering “qifei.test.document”"
        ):
            self._create(1)

    def test_no_gap_sequence_still_gives_distinct_numbers(self):
        self.sequence.implementation = "no_gap"
        names = self._create(5).mapped("name")
        self.assertEqual(len(set(names)), 5)

    def test_new_company_gets_its_copies(self):
        company = self.env["res.company"].create({"name": "Third"})
        copies = self.env["ir.sequence"].search(
            [("code", "=", CODE), ("company_id", "=", company.id)]
        )
        self.assertEqual(len(copies), 1)
        self.assertEqual(copies.prefix, self.sequence.prefix)

    def test_copies_are_made_once_and_removed(self):
        self._add_company_copies()
        self._add_company_copies()
        domain = [("code", "=", CODE), ("company_id", "!=", False)]
        sequences = self.env["ir.sequence"]
        count = sequences.search_count(
            [*domain, ("company_id", "in", (self.company | self.other_company).ids)]
        )
        self.assertEqual(count, 2)
        sequences._unlink_company_copies(CODE)
        self.assertFalse(sequences.search_count(domain))
        self.assertTrue(self.sequence.exists())

    def test_changed_numbering_counts_at_once(self):
        def number():
            return self.env["ir.sequence"]._next_numbers(CODE, 1, self.company)[0]

        before = number()
        self.sequence.prefix = "NEW"
        self.assertTrue(number().startswith("NEW"))
        own = self.sequence.copy(
            {"company_id": self.company.id, "code": CODE, "prefix": "OWN", "padding": 2}
        )
        self.assertEqual(number(), "OWN01")
        own.implementation = "no_gap"
        self.assertEqual(number(), "OWN01")
        own.active = False
        self.assertTrue(number().startswith("NEW"))
        own.active = True
        self.assertTrue(number().startswith("OWN"))
        own.unlink()
        self.assertGreater(number().removeprefix("NEW"), before[-5:])

    def test_numbering_of_many_is_one_query(self):
        sequences = self.env["ir.sequence"]
        counts = []
        for count in (1, 20, 500):
            sequences._next_numbers(CODE, count, self.company)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(
                len(set(sequences._next_numbers(CODE, count, self.company))), count
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1, 1])

    def test_any_batches_give_distinct_rising_numbers(self):
        sequences = self.env["ir.sequence"]
        taken = []

        @settings(max_examples=40, deadline=None, database=None)
        @given(st.lists(st.integers(1, 30), min_size=1, max_size=5))
        def check(batches):
            for count in batches:
                numbers = sequences._next_numbers(CODE, count, self.company)
                self.assertEqual(len(numbers), count)
                taken.extend(int(number[len("TD2601") :]) for number in numbers)
            self.assertEqual(taken, list(range(taken[0], taken[0] + len(taken))))

        check()


@tagged("post_install", "-at_install")
class TestNumberingInParallel(BaseCase):
    """Several real transactions take batches of one sequence at the same time."""

    code = "qifei.test.parallel"

    def _run(self, func):
        with db_connect(get_db_name()).cursor() as cr:
            return func(api.Environment(cr, SUPERUSER_ID, {}))

    def setUp(self):
        super().setUp()
        # The main thread holds the lock while tests run and waits for our threads.
        self.patch(Registry, "_lock", DummyRLock())
        self._run(
            lambda env: env["ir.sequence"].create(
                {"name": self.code, "code": self.code, "company_id": False}
            )
        )
        self.addCleanup(
            self._run,
            lambda env: env["ir.sequence"].search([("code", "=", self.code)]).unlink(),
        )

    def test_parallel_batches_never_share_a_number(self):
        threads_count, batches, taken, errors = 6, [1, 7, 20, 3] * 5, [], []
        barrier = threading.Barrier(threads_count)

        def work(env):
            company = env["res.company"].search([], limit=1)
            barrier.wait(timeout=30)
            for count in batches:
                taken.extend(
                    env["ir.sequence"]._next_numbers(self.code, count, company)
                )

        def run():
            try:
                self._run(work)
            except Exception as error:  # noqa: BLE001 - reported by the main thread
                errors.append(error)

        threads = [threading.Thread(target=run) for _n in range(threads_count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(errors)
        self.assertEqual(len(taken), threads_count * sum(batches))
        self.assertEqual(len(set(taken)), len(taken))
