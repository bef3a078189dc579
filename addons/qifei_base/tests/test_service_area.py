from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import BaseCase

from ..tools.area import (
    CITY,
    COUNTRY,
    STATE,
    ZIP,
    Address,
    AreaIndex,
    make_area,
    normalise_city,
    normalise_zip,
    split_names,
)
from .common import QifeiCase


class TestAreaIndex(BaseCase):
    """The pure decision, without a database."""

    def match(self, areas, **address):
        return AreaIndex(areas).match(Address(**address))

    def test_precedence_is_zip_city_state_country(self):
        areas = [
            make_area(1, country=86),
            make_area(2, country=86, states=[31]),
            make_area(3, country=86, cities="上海"),
            make_area(4, country=86, zips="2"),
            make_area(5, country=86, zips="2012"),
        ]
        address = {"country": 86, "state": 31, "city": "上海市", "zip": "201203"}
        expected = [(5, ZIP), (4, ZIP), (3, CITY), (2, STATE), (1, COUNTRY)]
        for area_id, reason in expected:
            found = self.match(areas, **address)
            self.assertEqual((found.area, found.reason), (area_id, reason))
            areas = [area for area in areas if area.id != area_id]
        self.assertIsNone(self.match(areas, **address))

    def test_first_area_wins_a_tie(self):
        areas = [make_area(7, zips="20"), make_area(3, zips="20")]
        self.assertEqual(self.match(areas, zip="2000").area, 7)

    def test_other_country_or_state_speaks_against(self):
        areas = [make_area(1, country=86, states=[31], cities="Springfield")]
        self.assertIsNone(self.match(areas, country=1, city="Springfield"))
        self.assertIsNone(self.match(areas, country=86, state=32, city="Springfield"))
        self.assertTrue(self.match(areas, country=86, state=31, city="springfield "))
        self.assertTrue(self.match(areas, city="SPRINGFIELD"))

    def test_area_with_places_does_not_stand_for_the_state(self):
        areas = [make_area(1, country=86, states=[31], zips="2012")]
        self.assertIsNone(self.match(areas, country=86, state=31, zip="200001"))

    def test_borrowed_country_is_no_reason(self):
        areas = [make_area(1, country=86, whole_country=False)]
        self.assertIsNone(self.match(areas, country=86))

    def test_empty_address_and_empty_area_match_nothing(self):
        areas = [make_area(1), make_area(2, cities=" , ;", zips="\n")]
        self.assertIsNone(self.match(areas))
        self.assertIsNone(self.match(areas, city=" ", zip="-"))

    def test_normal_forms(self):
        self.assertEqual(normalise_city(" New   YORK "), "new york")
        self.assertEqual(normalise_city("市"), "市")
        self.assertEqual(normalise_zip("sw1a-2 aa"), "SW1A2AA")
        self.assertEqual(split_names("a, b;c、d\n，e"), ["a", "b", "c", "d", "e"])

    def test_any_areas_agree_with_the_definition(self):
        """Compare the index with a direct reading of the rules."""
        ids = st.integers(1, 3)
        area = st.builds(
            make_area,
            area_id=st.integers(1, 10**6),
            country=st.none() | ids,
            states=st.lists(ids, max_size=2),
            cities=st.sampled_from(["", "a", "a,b", "b市"]),
            zips=st.sampled_from(["", "1", "12", "1,12", "2,123"]),
            whole_country=st.booleans(),
        )
        address = st.builds(
            Address,
            country=st.none() | ids,
            state=st.none() | ids,
            city=st.sampled_from(["", "a", "A市", "b", "c"]),
            zip=st.sampled_from(["", "1", "12", "123", "1234", "2", "9"]),
        )

        def precision(one, where):
            """Return how precisely an area fits, None when it does not."""
            if one.country and where.country and one.country != where.country:
                return None
            if one.states and where.state and where.state not in one.states:
                return None
            fits = [len(z) + 10 for z in one.zips if where.zip.startswith(z)]
            if normalise_city(where.city) in one.cities:
                fits.append(3)
            if not one.zips and not one.cities:
                if where.state and where.state in one.states:
                    fits.append(2)
                if one.whole_country and not one.states and where.country:
                    fits.append(1)
            return max(fits, default=None)

        @settings(max_examples=400, deadline=None, database=None)
        @given(st.lists(area, max_size=8, unique_by=lambda one: one.id), address)
        def check(areas, where):
            found = AreaIndex(areas).match(where)
            scores = [(precision(one, where) or 0) for one in areas]
            best = max(scores, default=0)
            expected = areas[scores.index(best)].id if best else None
            self.assertEqual(found.area if found else None, expected)

        check()


@tagged("post_install", "-at_install")
class TestServiceArea(QifeiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        areas = cls.env["qifei.service.area"]
        areas.search([]).active = False
        cls.china = cls.env.ref("base.cn")
        cls.shanghai = cls.env.ref("base.state_cn_SH")
        cls.country_area = areas.create(
            {"name": "Land", "country_id": cls.china.id, "code": "L"}
        )
        cls.state_area = areas.create(
            {
                "name": "Province",
                "parent_id": cls.country_area.id,
                "state_ids": cls.shanghai.ids,
            }
        )
        cls.zip_area = areas.create(
            {
                "name": "Quarter",
                "parent_id": cls.state_area.id,
                "zip_prefixes": "2012",
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Customer",
                "country_id": cls.china.id,
                "state_id": cls.shanghai.id,
                "zip": "201203",
                "city": "上海",
            }
        )

    def test_match_finds_the_most_precise_area(self):
        areas = self.env["qifei.service.area"]
        self.assertEqual(areas._match(self.partner), self.zip_area)
        self.partner.zip = "200001"
        self.assertEqual(areas._match(self.partner), self.state_area)
        self.partner.state_id = self.env.ref("base.state_cn_BJ")
        self.assertEqual(areas._match(self.partner), self.country_area)
        self.partner.write(
            {"country_id": self.env.ref("base.fr").id, "state_id": False}
        )
        self.assertFalse(areas._match(self.partner))
        self.assertFalse(areas._match(self.env["res.partner"]))

    def test_archived_area_is_passed_over(self):
        self.zip_area.active = False
        self.assertEqual(
            self.env["qifei.service.area"]._match(self.partner), self.state_area
        )

    def test_area_of_the_company_goes_before_a_shared_one(self):
        company = self.env["res.company"].create({"name": "Other"})
        areas = self.env["qifei.service.area"].with_context(
            allowed_company_ids=[self.env.company.id, company.id]
        )
        own = areas.create(
            {"name": "Own", "zip_prefixes": "2012", "company_id": company.id}
        )
        self.assertEqual(areas._match(self.partner, company), own)
        self.assertEqual(areas._match(self.partner), self.zip_area)

    def test_batch_answers_every_partner(self):
        other = self.partner.copy({"zip": "999999", "state_id": False, "city": False})
        found = self.env["qifei.service.area"]._match_batch(self.partner | other)
        self.assertEqual(
            found, {self.partner.id: self.zip_area, other.id: self.country_area}
        )

    def test_batch_is_flat(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "zip": f"2012{n:02d}", "city": f"C{n}"}
                for n in range(20)
            ]
        )
        areas = self.env["qifei.service.area"]
        self.assertFlatQueries(areas._match_batch, partners[:1], partners)
        areas.create(
            [
                {
                    "name": f"Area {n}",
                    "zip_prefixes": str(n),
                    "parent_id": self.state_area.id,
                }
                for n in range(20)
            ]
        )
        few = self._count_queries(lambda _n: areas._match_batch(partners), 0)
        areas.create([{"name": f"More {n}", "zip_prefixes": str(n)} for n in range(40)])
        self.assertLessEqual(
            self._count_queries(lambda _n: areas._match_batch(partners), 0), few
        )

    def test_list_read_is_flat(self):
        areas = self.env["qifei.service.area"].create(
            [{"name": f"Area {n}", "parent_id": self.state_area.id} for n in range(20)]
        )
        self.assertFlatQueries(
            lambda records: records.mapped(
                lambda one: (one.child_count, one.complete_name)
            ),
            areas[:1],
            areas,
        )

    def test_name_tells_where_it_lies(self):
        country = self.env["qifei.service.area"].create({"name": "Country"})
        region = country.create({"name": "Region", "parent_id": country.id})
        towns = country.create(
            [{"name": f"Town {n}", "parent_id": region.id} for n in range(3)]
        )
        self.assertEqual(towns[0].display_name, "Country / Region / Town 0")
        region.name = "Coast"
        self.assertEqual(towns[0].display_name, "Country / Coast / Town 0")
        region.parent_id = False
        self.assertEqual(towns[0].display_name, "Coast / Town 0")
        region.update_field_translations("name", {"en_US": "Shore"})
        self.assertEqual(towns[0].display_name, "Shore / Town 0")
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            towns.mapped("display_name")

    def test_tree_names_and_children(self):
        self.assertEqual(self.zip_area.complete_name, "Land / Province / Quarter")
        self.country_area.name = "Country"
        self.assertEqual(self.zip_area.complete_name, "Country / Province / Quarter")
        self.assertEqual(self.zip_area.display_name, self.zip_area.complete_name)
        self.assertEqual(self.country_area.child_count, 1)
        action = self.country_area.action_open_children()
        found = self.env["qifei.service.area"].search(action["domain"])
        self.assertEqual(found, self.state_area | self.zip_area)

    def test_finder_opens_from_the_list(self):
        action = self.env["qifei.service.area"].action_find_area()
        self.assertEqual(action["res_model"], "qifei.service.area.find")

    def test_area_is_found_by_name_and_code(self):
        areas = self.env["qifei.service.area"].with_user(self.users["agent"])
        for text in ("Quart", "L"):
            self.assertTrue(areas.name_search(text))

    def test_area_inside_itself_is_refused(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.country_area.parent_id = self.zip_area

    def test_state_of_another_country_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "lies in China"):
            self.state_area.state_ids = self.env.ref("base.state_us_5")

    def test_finder_explains_its_answer(self):
        with Form(self.env["qifei.service.area.find"]) as form:
            form.partner_id = self.partner
            self.assertEqual(form.area_id, self.zip_area)
            self.assertIn("2012", form.reason)
            form.zip = "1"
            self.assertEqual(form.area_id, self.state_area)
            form.state_id = self.env["res.country.state"]
            form.city = ""
            self.assertEqual(form.area_id, self.country_area)
            form.country_id = self.env.ref("base.fr")
            self.assertFalse(form.area_id)
            self.assertIn("No area fits", form.reason)

    def test_company_sees_own_and_shared_areas_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = (
            self.env["qifei.service.area"]
            .sudo()
            .create({"name": "Foreign", "company_id": other.id})
        )
        as_manager = self.env["qifei.service.area"].with_user(self.users["manager"])
        self.assertNotIn(foreign, as_manager.search([]))
        self.assertIn(self.zip_area, as_manager.search([]))
        with self.assertRaises(AccessError):
            foreign.with_user(self.users["manager"]).read(["name"])
