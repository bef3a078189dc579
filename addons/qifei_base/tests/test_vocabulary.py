from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import QifeiCase

MODELS = (
    "qifei.fault.symptom",
    "qifei.fault.cause",
    "qifei.fault.location",
    "qifei.repair.method",
)


@tagged("post_install", "-at_install")
class TestVocabulary(QifeiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"]
        cls.machines = categories.create({"name": "Machines"})
        cls.fridges = categories.create(
            {"name": "Fridges", "parent_id": cls.machines.id}
        )
        cls.washers = categories.create(
            {"name": "Washers", "parent_id": cls.machines.id}
        )

    def _create_words(self, model_name):
        model = self.env[model_name]
        model.search([]).active = False
        return model.create(
            [
                {"name": "General"},
                {"name": "Machine", "category_ids": self.machines.ids},
                {"name": "Fridge", "category_ids": self.fridges.ids},
                {"name": "Old", "category_ids": self.fridges.ids, "active": False},
            ]
        )

    def test_category_covers_its_children(self):
        for model_name in MODELS:
            with self.subTest(model=model_name):
                self._create_words(model_name)
                model = self.env[model_name]

                def names(category, model=model):
                    return set(model._get_for_category(category).mapped("name"))

                self.assertEqual(names(self.fridges), {"General", "Machine", "Fridge"})
                self.assertEqual(names(self.washers), {"General", "Machine"})
                self.assertEqual(names(self.machines), {"General", "Machine"})
                self.assertEqual(
                    names(self.env["product.category"]),
                    {"General", "Machine", "Fridge"},
                )

    def test_code_is_unique_when_given(self):
        for model_name in MODELS:
            model = self.env[model_name]
            model.create([{"name": "No code"}, {"name": "No code either"}])
            model.create({"name": "First", "code": "ZZ1"})
            with (
                self.subTest(model=model_name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception) as caught,
                self.env.cr.savepoint(),
            ):
                model.create({"name": "Second", "code": "ZZ1"})
            self.assertIn("code_uniq", str(caught.exception))

    def test_words_are_found_by_name_and_code(self):
        word = self.env["qifei.fault.symptom"].create({"name": "Buzzing", "code": "ZB"})
        for text in ("Buzz", "ZB"):
            found = self.env["qifei.fault.symptom"].name_search(text)
            self.assertIn(word.id, [id_ for id_, _name in found])

    def test_creation_and_reading_of_many_are_flat(self):
        for model_name in MODELS:
            model = self.env[model_name]
            with self.subTest(model=model_name):
                self.assertFlatQueries(
                    lambda count, model=model: model.create(
                        [
                            {"name": f"W{n}", "category_ids": self.fridges.ids}
                            for n in range(count)
                        ]
                    ),
                    1,
                    20,
                )
