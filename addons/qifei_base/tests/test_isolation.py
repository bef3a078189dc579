from odoo.tests import TransactionCase, tagged

from ..tools.isolation import run_isolated


@tagged("post_install", "-at_install")
class TestIsolation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(3)]
        )

    def test_good_records_cost_one_run(self):
        runs = []
        run_isolated(self.partners, runs.append, self.fail)
        self.assertEqual(runs, [self.partners])

    def test_bad_record_is_undone_and_noted(self):
        bad = self.partners[1]
        errors = {}

        def step(partners):
            partners.city = "Shanghai"
            partners.flush_recordset()
            if bad in partners:
                raise ValueError("x" * 300)

        with self.assertLogs("odoo.addons.qifei_base.tools.isolation", "WARNING"):
            run_isolated(self.partners, step, errors.__setitem__)
        self.assertEqual((self.partners - bad).mapped("city"), ["Shanghai"] * 2)
        self.assertFalse(bad.city)
        self.assertEqual(errors, {bad: "x" * 200})

    def test_error_without_text_is_named(self):
        errors = {}

        def step(partners):
            raise KeyError

        with self.assertLogs("odoo.addons.qifei_base.tools.isolation", "WARNING"):
            run_isolated(self.partners[:1], step, errors.__setitem__)
        self.assertEqual(list(errors.values()), ["KeyError"])
