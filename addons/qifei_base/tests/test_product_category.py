from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import QifeiCase


@tagged("post_install", "-at_install")
class TestProductCategory(QifeiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls.env["product.category"]
        cls.root = cls.categories.create({"name": "Machines", "is_after_sales": True})
        cls.chain = cls.root
        for name in ("Kitchen", "Fridges", "Multi-door"):
            cls.chain |= cls.categories.create(
                {"name": name, "parent_id": cls.chain[-1].id}
            )

    def test_root_hands_the_mark_down(self):
        self.assertEqual(self.chain.mapped("is_after_sales"), [True] * 4)
        self.root.is_after_sales = False
        self.assertEqual(self.chain.mapped("is_after_sales"), [False] * 4)

    def test_fifth_level_is_refused_with_name_and_remedy(self):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self.categories.create({"name": "Blue", "parent_id": self.chain[3].id})
        message = str(caught.exception)
        self.assertIn("Machines / Kitchen / Fridges / Multi-door / Blue", message)
        self.assertIn("“Machines / Kitchen / Fridges” instead", message)

    def test_moving_a_tree_below_is_refused(self):
        tree = self.categories.create({"name": "Tree", "is_after_sales": True})
        self.categories.create({"name": "Leaf", "parent_id": tree.id})
        with self.assertRaisesRegex(ValidationError, "Leaf"), self.env.cr.savepoint():
            tree.parent_id = self.chain[2]
        tree.parent_id = self.chain[1]
        self.assertEqual(len(tree.parent_path.split("/")), 4)

    def test_other_trees_may_be_deeper(self):
        parent = self.categories.create({"name": "Stationery"})
        root = parent
        for level in range(6):
            parent = self.categories.create(
                {"name": f"Level {level}", "parent_id": parent.id}
            )
        with (
            self.assertRaisesRegex(ValidationError, "at most 4 levels"),
            self.env.cr.savepoint(),
        ):
            root.is_after_sales = True
        self.assertFalse(root.is_after_sales)

    def test_mark_belongs_to_the_root(self):
        with self.assertRaisesRegex(ValidationError, "topmost category"):
            self.chain[2].is_after_sales = False

    def test_new_root_by_form(self):
        with Form(self.categories) as form:
            form.name = "Vehicles"
            form.is_after_sales = True
        self.assertTrue(form.record.is_after_sales)
        with Form(self.categories) as form:
            form.name = "Cars"
            form.parent_id = self.root
            self.assertTrue(form.is_after_sales)

    def test_creation_of_many_is_flat(self):
        self.assertFlatQueries(
            lambda count: self.categories.create(
                [
                    {"name": f"C{number}", "parent_id": self.chain[2].id}
                    for number in range(count)
                ]
            ),
            1,
            20,
        )
