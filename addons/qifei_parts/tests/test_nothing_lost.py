import logging
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_requests import RequestCase

SEQUENCES = 500
STEPS = 4
# Where a piece may be, and what counts as being there.
PLACES = ("stock", "transit", "van", "customer", "old", "old_transit", "defective")
few = st.integers(0, 3)
some = st.integers(1, 4)
kinds = st.sampled_from(["part", "part", "serial_part"])


class Refused(Exception):
    """Core asked back instead of doing what it was told."""


class PartsMachine(RuleBasedStateMachine):
    """Plays with the parts of ``case``, and keeps books of its own beside."""

    case = None
    tried = Counter()
    done = Counter()

    def __init__(self):
        super().__init__()
        case = self.case
        self.env = case.env
        self.savepoint = self.env.cr.savepoint()
        self.requests = case.base_requests
        self.books = {part: Counter(books) for part, books in case.base_books.items()}
        self.total = {part: sum(books.values()) for part, books in self.books.items()}
        self.used = Counter(case.base_used)

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.env.invalidate_all()

    def _try(self, name, function, *moves):
        """Do something, or see it refused with nothing changed.

        :param moves: ``(part, from, to, quantity)`` that the books follow when it is
            done; a place outside is None
        """
        type(self).tried[name] += 1
        inner = self.env.cr.savepoint()
        try:
            result = function()
            self.env.flush_all()
        except (UserError, Refused):
            inner.close(rollback=True)
            self.env.invalidate_all()
            return None
        inner.close(rollback=False)
        for part, source, target, quantity in moves:
            self._book(part, source, target, quantity)
        type(self).done[name] += 1
        return result or True

    def _book(self, part, source, target, quantity):
        books = self.books[part]
        for place, sign in ((source, -1), (target, 1)):
            if place:
                books[place] += sign * quantity
            else:
                # From a vendor, or written off.
                self.total[part] -= sign * quantity

    def _pick(self, records, number):
        return records[number % len(records)] if records else records

    def _requests_in(self, *states):
        return self.requests.filtered(lambda request: request.state in states)

    # === REQUEST === #

    @rule(quantity=st.integers(-1, 4), kind=kinds)
    def ask(self, quantity, kind):
        part = getattr(self.case, kind)

        def create():
            request = self.case.create_request(quantity, part=part)
            request.action_submit()
            return request

        request = self._try("ask", create)
        assert bool(request) == (quantity > 0)
        if request:
            self.requests |= request.with_env(self.env)

    @precondition(lambda self: self._requests_in("submitted"))
    @rule(number=few, granted=few)
    def approve(self, number, granted):
        request = self._pick(self._requests_in("submitted"), number)
        line = request.line_ids

        def grant():
            line.quantity_approved = min(granted, line.quantity)
            request.action_approve()

        approved = self._try("approve", grant)
        assert bool(approved) == (granted > 0)

    @precondition(lambda self: self._requests_in("submitted", "approved"))
    @rule(number=st.integers(0, 5))
    def cancel(self, number):
        request = self._pick(
            self._requests_in("submitted", "approved", "shipped"), number
        )
        possible = request.state != "shipped"
        assert bool(self._try("cancel", request.action_cancel)) == possible

    @precondition(lambda self: self._requests_in("approved", "shipped", "received"))
    @rule(number=few, quantity=st.integers(-1, 4))
    def ship(self, number, quantity):
        request = self._pick(
            self._requests_in("approved", "shipped", "received"), number
        )
        line = request.line_ids
        possible = 0 < quantity <= line.quantity_open
        shipped = self._try(
            "ship",
            lambda: request._ship({line: quantity}),
            (line.product_id, "stock", "transit", quantity),
        )
        assert possible or not shipped
        lies_there = line.quantity_reserved + max(line.free_at_source, 0) >= quantity
        assert shipped or not (possible and lies_there)

    @precondition(lambda self: self._requests_in("shipped"))
    @rule(number=few, good=few, damaged=few, over=st.integers(-1, 1), whole=few)
    def receive(self, number, good, damaged, over, whole):
        request = self._pick(self._requests_in("shipped"), number)
        line = request.line_ids
        arriving = line.quantity_transit - sum(
            one.quantity
            for one in request.discrepancy_ids
            if one.state == "open" and one.kind != "over"
        )
        if whole:
            good, damaged, over = arriving, 0, max(over, 0)
        possible = arriving > 0 and good + damaged <= arriving and over >= 0
        received = self._try(
            "receive",
            lambda: request._receive(
                [
                    {
                        "line": line,
                        "good": good,
                        "damaged": damaged,
                        "over": over,
                        "photos": self.case.photo,
                    }
                ]
            ),
            (line.product_id, "transit", "van", good),
        )
        assert bool(received) == bool(possible)

    @precondition(
        lambda self: self.requests.discrepancy_ids.filtered(
            lambda one: one.state == "open"
        )
    )
    @rule(number=few, choice=few, quantity=some, replace=st.booleans())
    def settle(self, number, choice, quantity, replace):
        opened = self.requests.discrepancy_ids.filtered(lambda one: one.state == "open")
        one = self._pick(opened, number)
        settlements = {
            "short": [
                ("found", "transit", "van"),
                ("returned", "transit", "stock"),
                ("lost", "transit", None),
            ],
            "damaged": [
                ("defective", "transit", "defective"),
                ("accepted", "transit", "van"),
            ],
            "over": [("kept", "stock", "van"), ("sent_back", "stock", "stock")],
        }[one.kind]
        settlement, source, target = settlements[choice % len(settlements)]
        replace = replace and one._is_replaceable(settlement)
        quantity = min(quantity, one.quantity)
        settled = self._try(
            "settle",
            lambda: one._settle(settlement, replace=replace, quantity=quantity),
            (one.line_id.product_id, source, target, quantity),
        )
        # Only what is kept beyond the books may not be there any more.
        assert settled or settlement == "kept"

    # === ORDER === #

    @rule(quantity=st.integers(0, 3), kind=kinds)
    def issue(self, quantity, kind):
        need = self.case.needs[kind]
        self._try(
            "issue",
            lambda: need._issue({need: [{"quantity": quantity}]}),
            (need.product_id, "stock", "van", quantity),
        )

    @rule(quantity=st.integers(0, 3), kind=kinds)
    def use(self, quantity, kind):
        need = self.case.needs[kind]
        part = need.product_id
        if kind == "serial_part":
            lots = self.case.lots_in(self.case.van)[:quantity]
            values = [{"quantity": 1, "lot": lot} for lot in lots]
        else:
            values = [{"quantity": quantity}]
        quantity = sum(value["quantity"] for value in values)
        used = self._try(
            "use",
            lambda: need._use({need: values}),
            (part, "van", "customer", quantity),
            (part, "customer", "old", quantity),
        )
        if used:
            self.used[part] += quantity

    @rule(quantity=st.integers(0, 3), kind=kinds)
    def give_back(self, quantity, kind):
        need = self.case.needs[kind]
        if kind == "serial_part":
            lots = need._get_open_lots()[:quantity]
            values = [{"quantity": 1, "lot": lot} for lot in lots]
        else:
            values = [{"quantity": quantity}]
        quantity = sum(value["quantity"] for value in values)
        open_before = need.quantity_open
        returned = self._try(
            "give_back",
            lambda: need._return({need: values}),
            (need.product_id, "van", "stock", quantity),
        )
        assert not returned or 0 < quantity <= open_before

    # === OLD PARTS === #

    @precondition(lambda self: self._old_parts())
    @rule(number=few, settlement=st.sampled_from(["scrap", "stock"]))
    def old_part_goes_on(self, number, settlement):
        part = self._pick(self._old_parts(), number)
        product, quantity = part.product_id, part.quantity
        step, arguments, moves = {
            "owed": ("return", {}, [("old", "old_transit")]),
            "returned": ("receive", {}, [("old_transit", "defective")]),
            "received": ("inspect", {"disposition": settlement}, []),
            "inspected": (
                "settle",
                {},
                [("defective", None if part.disposition == "scrap" else "stock")],
            ),
        }[part.state]
        done = self._try(
            f"old {step}",
            lambda: getattr(part, f"action_{step}")(**arguments),
            *[(product, source, target, quantity) for source, target in moves],
        )
        assert done

    def _old_parts(self):
        return self.env["qifei.old.part"].search(
            [
                ("order_part_id", "in", self.case.all_needs.ids),
                ("state", "not in", ("settled", "waived")),
            ]
        )

    # === WAREHOUSE === #

    @rule(quantity=some)
    def supply(self, quantity):
        case = self.case
        self._try(
            "supply",
            lambda: case.move_by_core(
                case.part, quantity, case.vendors, case.stock, "in_type_id"
            ),
            (case.part, None, "stock", quantity),
        )

    @rule(quantity=some)
    def scrap_in_van(self, quantity):
        case = self.case
        scrapped = self._try(
            "scrap",
            lambda: case.scrap_by_core(case.part, quantity, case.van),
            (case.part, "van", None, quantity),
        )
        assert scrapped or self.books[case.part]["van"] < quantity

    # === WHAT MUST HOLD AFTER EVERY STEP === #

    @invariant()
    def nothing_is_lost(self):
        actual, reserved = self.case.count_everything()
        for part, books in self.books.items():
            assert {place: books[place] for place in PLACES} == actual[part], (
                part.name,
                books,
                actual[part],
            )
            assert sum(actual[part].values()) == self.total[part]
        assert reserved == self.case.count_reservations()

    @invariant()
    def requests_agree_with_their_moves(self):
        for request in self.requests:
            line = request.line_ids
            opened = sum(
                one.quantity
                for one in request.discrepancy_ids
                if one.state == "open" and one.kind != "over"
            )
            if request.state in ("done", "rejected", "cancelled"):
                assert not line.quantity_transit and not line.quantity_open
                assert not request.open_discrepancy_count
            if request.state == "received":
                assert line.quantity_transit == opened
            assert line.quantity_transit >= opened

    @invariant()
    def every_obligation_has_its_move(self):
        parts = self.env["qifei.old.part"].search(
            [("order_part_id", "in", self.case.all_needs.ids)]
        )
        for part in parts:
            moves = part.move_ids.filtered(lambda move: move.state == "done")
            assert moves and moves.sorted("id")[0].location_dest_id == part.location_id
        for product in self.case.all_needs.product_id:
            owed = parts.filtered(lambda part, p=product: part.product_id == p)
            assert sum(owed.mapped("quantity")) == self.used[product]


@tagged("post_install", "-at_install")
class TestNothingLost(RequestCase):
    """Whatever is done in whatever order: every piece is somewhere, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendors = cls.env.ref("stock.stock_location_suppliers")
        cls.customers = cls.customer.property_stock_customer
        (cls.part | cls.serial_part).qifei_old_part_return = True
        cls.add_stock(cls.part, 4, place=cls.van)
        more = cls.env["stock.lot"].create(
            [
                {"name": f"SN-{number}", "product_id": cls.serial_part.id}
                for number in range(10, 13)
            ]
        )
        cls.add_stock(cls.serial_part, 1, place=cls.van, lot=more[0])
        for lot in more[1:]:
            cls.add_stock(cls.serial_part, 1, lot=lot)
        order = cls.walk(cls.create_orders(), "arrive")
        cls.needs = {
            kind: cls.env["qifei.work.order.part"].create(
                {
                    "order_id": order.id,
                    "product_id": getattr(cls, kind).id,
                    "quantity": 50,
                }
            )
            for kind in ("part", "serial_part")
        }
        cls.all_needs = cls.env["qifei.work.order.part"].union(*cls.needs.values())
        cls.add_stock(cls.part, 9)
        # Handed out and partly used already: one old piece is owed, one was sent back.
        need = cls.needs["part"]
        need._issue({need: [{"quantity": 4}]})
        need._use({need: [{"quantity": 2}]})
        cls.base_used = {cls.part: 2}
        cls.env["qifei.old.part"].search(
            [("order_part_id", "=", need.id)], limit=1
        ).action_return()
        differs = cls.prepared("ship", 4)
        cls.receive(differs, good=1, damaged=2, over=1)
        requests = [
            differs,
            cls.prepared("submit", 3),
            cls.prepared("approve", 3),
            cls.prepared("ship", 3),
            cls.prepared("ship", 2, part=cls.serial_part),
        ]
        cls.base_requests = (
            cls.env["qifei.part.request"].union(*requests).with_env(cls.env)
        )
        cls.places = {
            "stock": cls.stock,
            "transit": cls.transit,
            "van": cls.van,
            "customer": cls.customers,
            "old": cls.engineer._get_old_location(),
            "old_transit": cls.company._get_old_transit_location(),
            "defective": cls.defective,
        }
        cls.base_books = cls.count_everything()[0]

    @classmethod
    def count_everything(cls):
        """Return what core says: ``{part: {place: quantity}}`` and reservations.

        Outside of the known places nothing may lie but with vendors and in the books
        of losses; nowhere may less than nothing lie.
        """
        parts = cls.part | cls.serial_part
        by_location = {place.id: name for name, place in cls.places.items()}
        counted = {part: dict.fromkeys(PLACES, 0.0) for part in parts}
        reserved = Counter()
        cls.env.flush_all()
        for part, location, lot, quantity, held in cls.env["stock.quant"]._read_group(
            [("product_id", "in", parts.ids)],
            ["product_id", "location_id", "lot_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        ):
            if location.usage in ("supplier", "inventory"):
                continue
            name = by_location[location.id]
            counted[part][name] += quantity
            if name != "customer":
                assert quantity >= held >= 0, (part.name, name, quantity, held)
                assert not lot or quantity in (0, 1), (lot.name, name, quantity)
            if held:
                reserved[part.id, location.id] += held
        return counted, dict(reserved)

    @classmethod
    def count_reservations(cls):
        """Return what open moves hold: ``{(part id, location id): quantity}``."""
        return {
            (part.id, location.id): quantity
            for part, location, quantity in cls.env["stock.move.line"]._read_group(
                [
                    ("product_id", "in", (cls.part | cls.serial_part).ids),
                    ("state", "not in", ("done", "cancel")),
                    ("location_id.usage", "in", ("internal", "transit")),
                ],
                ["product_id", "location_id"],
                ["quantity_product_uom:sum"],
            )
            if quantity
        }

    @classmethod
    def lots_in(cls, place):
        return (
            cls.env["stock.quant"]
            .search(
                [
                    ("location_id", "=", place.id),
                    ("product_id", "=", cls.serial_part.id),
                    ("quantity", ">", 0),
                ]
            )
            .lot_id
        )

    @classmethod
    def move_by_core(cls, part, quantity, source, target, picking_type):
        warehouse = cls.company._get_parts_warehouse()
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": warehouse[picking_type].id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.button_validate()

    @classmethod
    def scrap_by_core(cls, part, quantity, place):
        scrap = cls.env["stock.scrap"].create(
            {"product_id": part.id, "scrap_qty": quantity, "location_id": place.id}
        )
        if scrap.action_validate() is not True:
            raise Refused

    def test_nothing_is_lost(self):
        machine = type("Parts", (PartsMachine,), {"case": type(self)})
        machine.tried, machine.done = Counter(), Counter()
        type(self).env = self.env
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        logging.getLogger(__name__).info(
            "Nothing lost: %s steps done of %s tried: %s",
            machine.done.total(),
            machine.tried.total(),
            dict(machine.done),
        )
        # What is tried again and again and never happens proves nothing.
        for name, tried in machine.tried.items():
            if tried > 20:
                self.assertTrue(machine.done[name], name)
        self.assertGreater(machine.done.total(), SEQUENCES)
