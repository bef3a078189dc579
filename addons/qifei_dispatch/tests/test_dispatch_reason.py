from odoo.tests import tagged

from odoo.addons.qifei_dispatch.engine.schedule import RULES, Broken

from .common_ways import WaysCase

# Every key that one of the parts of the addon files.
KEYS = (
    *RULES,
    "area",
    "own",
    "absent",
    "far",
    "nobody",
    "engine",
    "travel",
    "wait",
    "late",
    "best_of",
    "only_one",
    "preferred",
    "unwished",
    "affinity",
    "load",
    "change",
    "warehouse",
    "taken",
    "chosen",
    "relax",
)


@tagged("post_install", "-at_install")
class TestDispatchReason(WaysCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reasons = cls.env["qifei.dispatch.reason"]

    def test_every_key_has_its_sentence(self):
        for key in KEYS:
            with self.subTest(key=key):
                (sentence,) = self.reasons._say([{"key": key, "amount": 3}])
                self.assertNotIn("Not possible", sentence)
                self.assertRegex(sentence, r"^[A-Z0-9].*[.:] ?$")
                self.assertTrue(self.reasons._say_slot({key: 2}))

    def test_records_are_named(self):
        for key, record, text in (
            ("skill", self.skill, "Lacks the skill Ways skill."),
            ("area", self.city, "Does not look after Ways city."),
            ("pinned", self.near, "The order is pinned to Ways near."),
            ("unwished", self.far, "The customer asks for Ways far."),
        ):
            with self.subTest(key=key):
                self.assertEqual(
                    self.reasons._say([{"key": key, "ids": record.ids}]), [text]
                )

    def test_nonsense_says_nothing_and_breaks_nothing(self):
        for reason in (None, False, [], {}, [None, 3, {"ids": [1]}], {"keys": []}):
            with self.subTest(reason=reason):
                self.assertEqual(self.reasons._say(reason), [])
        self.assertEqual(
            self.reasons._say(["no_such_key"]), ["Not possible (no_such_key)."]
        )
        self.assertEqual(
            len(self.reasons._say([{"key": "skill", "ids": [2**31 - 1]}])), 1
        )

    def test_rules_of_the_engine_become_reasons(self):
        reason = self.reasons._from_broken(
            [
                Broken("skill", 1, "1@x", names=(str(self.skill.id),)),
                Broken("window", 1, "1@x", amount=1500.0),
                Broken("max_orders", 1, "1@x", amount=2),
                Broken("window", 1, "1@x", amount=1500.0),
            ]
        )
        self.assertEqual(
            self.reasons._say(reason),
            [
                "Lacks the skill Ways skill.",
                "Cannot be there in the promised time: 25 minutes too late.",
                "Has as many orders as fit into a day already.",
            ],
        )

    def test_what_would_have_to_be_lifted(self):
        reason = [
            {"key": "nobody"},
            {
                "key": "relax",
                "items": [{"key": "skill", "ids": self.skill.ids}, {"key": "window"}],
            },
        ]
        self.assertEqual(
            self.reasons._say(reason)[1],
            "It would fit if this were lifted: Lacks the skill Ways skill. Cannot be "
            "there in the promised time.",
        )

    def test_closed_times_name_the_most_frequent_reason_first(self):
        said = self.reasons._say_slot({"skill": 1, "shift": 4})
        self.assertEqual(
            said, ["Engineers without time left: 4.", "Engineers without the skill: 1."]
        )

    def test_sentences_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        order = self.create_free()
        order._as_own_step().dispatch_reason = [{"key": "only_one"}]
        in_english = order.with_context(lang="en_US").dispatch_note
        order.invalidate_recordset()
        self.assertEqual(in_english, "The only engineer who can.")
        self.assertTrue(order.with_context(lang="zh_CN").dispatch_note)

    def test_many_reasons_need_the_queries_of_one(self):
        def say(count):
            self.reasons._say_all(
                [
                    [
                        {"key": "skill", "ids": self.skill.ids},
                        {"key": "unwished", "ids": [engineer.id]},
                    ]
                    for engineer in (self.near, self.far, self.outside)[:count]
                ]
            )

        self.assertFlatQueries(say, 1, 3)
