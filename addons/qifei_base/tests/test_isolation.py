from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

from ..tools.isolation import run_isolated, search_in_slices


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

    def list_slices(self, domain, size, step=lambda partners: None):
        """Return the ids of the slices a scheduled job would meet."""
        met = []
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            model = self.env(cr=cr)["res.partner"]
            for partners in search_in_slices(model, domain, size):
                met.append(partners.ids)
                step(partners)
        return met

    def test_slices_meet_each_record_once(self):
        domain = Domain("id", "in", self.partners.ids)
        slices = self.list_slices(domain, 2)
        self.assertEqual(slices, [self.partners[:2].ids, self.partners[2:].ids])

    def test_slices_go_on_when_the_step_takes_records_out(self):
        domain = Domain("id", "in", self.partners.ids) & Domain("active", "=", True)
        slices = self.list_slices(domain, 1, lambda some: some.action_archive())
        self.assertEqual(slices, [partner.ids for partner in self.partners])
