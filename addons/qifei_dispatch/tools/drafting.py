"""Puts records into the words of the engine."""

import dataclasses
import math
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo.fields import Datetime, Domain

from odoo.addons.qifei_aftersales.const import DEFAULT_VISIT_HOURS

from ..const import (
    ORDER_DONE_STATES,
    ORDER_MOVABLE_STATES,
    ORDER_ROUTE_STATES,
    ORDER_STARTED_STATES,
)
from ..engine import Engineer, Options, Order, Place, Problem, Weights
from ..engine.travel import measure
from .clock import Clock
from .facts import Fact, arrange
from .shifts import group_by_day

HOUR = 3600.0
# Travel to and from a place nobody knows.
UNKNOWN_TRAVEL = 1800.0
# Fetching at the warehouse.
WAREHOUSE_SECONDS = 900.0
# A visit under way lasts at least so much longer.
LEAST_REST = 600.0
# So that a fact is the last to be left out.
FACT_PRIORITY = 1000.0
# How well an engineer knows a place whose machine he has not worked on.
PLACE_AFFINITY = 0.5


class Draft(NamedTuple):
    """A problem with what leads from its numbers back to records.

    :param problem: the engine's ``Problem``
    :param clock: turns its seconds into moments
    :param routes: the plan of now, ids of orders by id of the engineer's day
    :param kept: ids of the orders that stay where they are
    :param unknown: ids of the orders whose place nobody knows
    """

    problem: Problem
    clock: Clock
    routes: dict
    kept: frozenset
    unknown: frozenset


class Drafting:
    """One problem while it is put together; see ``qifei.dispatch.problem``."""

    def __init__(self, model, company, engineers, orders, options):
        self.model, self.env, self.company = model, model.env, company
        self.engineers, self.orders = engineers, orders
        self.now = options.get("now") or Datetime.now()
        self.keep = options.get("keep", False)
        self.seconds = options.get("seconds") or company.dispatch_seconds
        self.ignore_areas = options.get("ignore_areas", False)
        self.overtime = options.get("overtime", 0.0)
        self.change_factor = options.get("change_factor", 1.0)
        self.weights = options.get("weights") or {}
        # Coordinates by the name of the place, None where nobody knows them.
        self.places = {}
        # Ids of engineers who do not look after an area.
        self.outside = {}

    def draft(self, day_from, day_to):
        """Return the ``Draft`` of some days."""
        self.clock = Clock(self.company._get_dispatch_tz(), day_from)
        self.days = [
            day_from + timedelta(days=number)
            for number in range((day_to - day_from).days + 1)
        ]
        self.moment = _to_minutes(self.clock.seconds(self.now))
        self._split_orders()
        self._read_goods()
        self._name_places()
        self._measure()
        engineers, windows = self._prepare_engineers()
        orders = self._prepare_orders(engineers, windows)
        known = {order.id for order in orders}
        routes = self._get_present_routes(known)
        problem = self._build(
            places=tuple(
                Place(name, lat=point[0], lon=point[1]) if point else Place(name)
                for name, point in self.places.items()
            ),
            engineers=tuple(engineers),
            orders=tuple(orders),
            matrix=self.matrix,
            warehouse=self.warehouse,
            warehouse_duration=WAREHOUSE_SECONDS,
            current=routes,
            options=self.options,
        )
        return Draft(
            problem=dataclasses.replace(problem, remarks=self.remarks),
            clock=self.clock,
            routes=routes,
            kept=frozenset(windows),
            unknown=frozenset(
                order_id
                for order_id, place in self.order_places.items()
                if order_id in known and not self.places[place]
            ),
        )

    def _build(self, **records):
        return Problem.build(**records)

    # === ORDERS === #

    def _split_orders(self):
        """Tell apart what may be moved and what stays."""
        first = self.clock.midnight(self.days[0])
        last = self.clock.midnight(self.days[-1] + timedelta(days=1))
        is_here = Domain("planned_start", "<", last) & Domain("planned_end", ">", first)
        if first <= self.now < last:
            is_here |= Domain("state", "in", ORDER_STARTED_STATES)
        planned = self.env["qifei.work.order"].search(
            Domain("engineer_id", "in", self.engineers.ids)
            & Domain("state", "in", ("draft", *ORDER_ROUTE_STATES))
            & is_here
        )
        self.movable = self.orders.filtered(
            lambda order: (
                order.state in ("draft", *ORDER_MOVABLE_STATES)
                and (self.keep or not _is_pinned(order))
            )
        )
        self.kept = planned - self.movable
        self.bound = self.movable & self.model._get_bound_orders(self.movable)
        self.begun = {}
        for order in self.kept:
            if order.state in ORDER_STARTED_STATES:
                self.begun[order.engineer_id.id] = order
        self.finished = self._get_finished_today()

    def _get_finished_today(self):
        """Return ``{engineer id: orders}`` that were finished today, the last first."""
        today = self.clock.day(self.moment)
        if today not in self.days:
            return {}
        orders = self.env["qifei.work.order"].search(
            Domain("engineer_id", "in", self.engineers.ids)
            & Domain("state", "in", ORDER_DONE_STATES)
            & Domain("done_on", ">=", self.clock.midnight(today))
            & Domain("done_on", "<=", self.now),
            order="done_on desc, id desc",
        )
        return {
            engineer.id: group
            for engineer, group in orders.grouped("engineer_id").items()
        }

    def _read_goods(self):
        """Ask what visits need, what vans carry and where the rest is fetched."""
        self.needed = self.model._get_needed_parts(self.movable)
        self.vans = self.model._get_van_parts(self.engineers)
        self.warehouse = None
        if any(self.needed.values()) or self.movable.tool_ids:
            point = self.model._get_warehouse_place(self.company)
            if point:
                self.warehouse = self._add_place(point, "warehouse")

    # === PLACES === #

    def _add_place(self, point, owner):
        """Return the name of a place; places nobody knows are one for each owner."""
        known = bool(point and any(point))
        name = f"{point[0]:.6f},{point[1]:.6f}" if known else f"? {owner}"
        self.places[name] = tuple(point) if known else None
        return name

    def _name_places(self):
        self.order_places = {
            order.id: self._add_place(
                (order.latitude, order.longitude), f"order {order.id}"
            )
            for order in self.movable | self.kept
        }
        self.starts, self.ends, self.present = {}, {}, {}
        for engineer in self.engineers:
            owner = f"engineer {engineer.id}"
            start = engineer._get_start_place() or self._get_base_place(engineer)
            self.starts[engineer.id] = self._add_place(start, owner)
            self.ends[engineer.id] = self._add_place(
                engineer._get_end_place() or start, owner
            )
            begun = self.begun.get(engineer.id)
            last = begun or self.finished.get(engineer.id, self.kept.browse())[:1]
            if last:
                self.present[engineer.id] = self._add_place(
                    (last.latitude, last.longitude), f"order {last.id}"
                )

    def _get_base_place(self, engineer):
        """Return where somebody without a start of his own sets off, or None."""
        for partner in (engineer.service_point_id, self.company.partner_id):
            place = (partner.partner_latitude, partner.partner_longitude)
            if any(place):
                return place
        return None

    def _choose_options(self):
        """Take speed and prices from the company, or from who asks."""
        company = self.company
        weight = {
            name: self.weights.get(name, company[f"dispatch_weight_{name}"])
            for name in ("travel", "late", "preferred", "affinity", "change")
        }
        self.options = Options(
            seconds=float(self.seconds),
            speed=company.dispatch_speed,
            detour=company.dispatch_detour,
            # sudo: res.company - the address is asked, not shown
            osrm=company.sudo().dispatch_osrm_url or None,
            weights=Weights(
                travel=weight["travel"],
                lateness=weight["late"],
                preferred=60 * weight["preferred"],
                affinity=60 * weight["affinity"],
                change=60 * weight["change"] * self.change_factor,
            ),
        )

    def _measure(self):
        """Fill in the travel times; what nobody knows takes the usual time."""
        self._choose_options()
        known = [name for name, point in self.places.items() if point]
        times, self.remarks = measure(
            [
                Place(name, lat=self.places[name][0], lon=self.places[name][1])
                for name in known
            ],
            self.options,
        )
        names = list(self.places)
        index = {name: number for number, name in enumerate(known)}
        self.matrix = [
            [
                _to_minutes(times[index[one]][index[two]])
                if one in index and two in index
                else (0.0 if one == two else UNKNOWN_TRAVEL)
                for two in names
            ]
            for one in names
        ]
        self.numbers = {name: number for number, name in enumerate(names)}

    def _travel(self, one, two):
        return self.matrix[self.numbers[one]][self.numbers[two]]

    # === ENGINEERS === #

    def _prepare_engineers(self):
        """Return the engine's engineers, and the times at which facts begin."""
        stretches = self._get_stretches()
        self.day_keys = {
            (engineer_id, day): f"{engineer_id}@{day}" for engineer_id, day in stretches
        }
        self._find_facts(stretches)
        engineers, windows = [], {}
        today = self.clock.day(self.moment)
        for engineer in self.engineers:
            for day in self.days:
                if (engineer.id, day) not in stretches:
                    continue
                mine = self.facts.get((engineer.id, day), [])
                start, end = self.starts[engineer.id], self.ends[engineer.id]
                if day == today:
                    start = self.present.get(engineer.id, start)
                arranged = arrange(
                    stretches[engineer.id, day], mine, self._travel, start, end
                )
                windows.update(arranged.windows)
                engineers.append(
                    Engineer(
                        id=self.day_keys[engineer.id, day],
                        start=start,
                        end=end,
                        shift=arranged.shift,
                        breaks=arranged.breaks,
                        skills=_names(engineer.skill_ids),
                        tools=_names(engineer.tool_ids),
                        parts=self.vans.get(engineer.id, {}),
                        max_orders=self._get_max_orders(engineer, day, len(mine)),
                        person=engineer.id,
                    )
                )
        return engineers, windows

    def _get_max_orders(self, engineer, day, least):
        if not engineer.max_orders:
            return None
        done = 0
        if day == self.clock.day(self.moment):
            done = len(self.finished.get(engineer.id, ()))
        return max(engineer.max_orders - done, least)

    def _get_stretches(self):
        """Return ``{(engineer id, day): stretches}`` of working time still ahead."""
        before, after = timedelta(days=-1), timedelta(days=1)
        days = [self.days[0] + before, *self.days, self.days[-1] + after]
        midnights = [
            self.clock.seconds(self.clock.midnight(day))
            for day in (*days, days[-1] + after)
        ]
        working = self.engineers._get_planning_intervals(
            self.clock.moment(midnights[0]), self.clock.moment(midnights[-1])
        )
        stretches = {}
        for engineer_id, intervals in working.items():
            seconds = [
                (self.clock.seconds(start), self.clock.seconds(end))
                for start, end, _records in intervals
            ]
            for number, day in group_by_day(seconds, midnights).items():
                if days[number] not in self.days:
                    continue
                day[-1] = (day[-1][0], day[-1][1] + self.overtime)
                ahead = [
                    (max(start, self.moment), end)
                    for start, end in day
                    if end > self.moment
                ]
                if ahead:
                    stretches[engineer_id, days[number]] = ahead
        return stretches

    def _find_facts(self, stretches):
        """Find the day of each planned order, and the facts of each day."""
        self.facts = defaultdict(list)
        self.begins, self.found_days = {}, {}
        for order in self.kept | self.movable:
            is_kept = order in self.kept
            if not order.engineer_id or not (order.planned_start or is_kept):
                continue
            begin, duration = self._get_times(order)
            key = self._find_day(order, begin, stretches)
            if not key:
                continue
            self.begins[order.id], self.found_days[order.id] = begin, key
            if is_kept:
                place = self.order_places[order.id]
                self.facts[key].append(Fact(order.id, place, begin, duration))

    def _get_times(self, order):
        """Return begin and length of a planned visit as it looks now."""
        duration = _get_duration(order)
        begin = self.moment
        if order.planned_start:
            begin = max(begin, self.clock.seconds(order.planned_start))
        if order.state == "on_site":
            begin = self.moment
            if order.planned_end:
                rest = self.clock.seconds(order.planned_end) - self.moment
                duration = max(rest, LEAST_REST)
        return begin, duration

    def _find_day(self, order, begin, stretches):
        """Return the key of the day an order is in, or None when nobody works then."""
        engineer_id, day = order.engineer_id.id, self.clock.day(begin)
        before = (engineer_id, day - timedelta(days=1))
        if before in stretches and begin < stretches[before][-1][1]:
            return before
        return (engineer_id, day) if (engineer_id, day) in stretches else None

    # === ENGINE ORDERS === #

    def _prepare_orders(self, engineers, windows):
        """Return the engine's orders; facts without a day are left out."""
        persons = {engineer.person for engineer in engineers}
        affinity = self._get_affinity(persons)
        orders = [
            Order(
                id=order.id,
                place=self.order_places[order.id],
                duration=self._get_times(order)[1],
                windows=(windows[order.id],),
                priority=FACT_PRIORITY,
                pinned_to=self.day_keys[self.found_days[order.id]],
            )
            for order in self.kept
            if order.id in windows
        ]
        for order in self.movable:
            orders.append(
                self._prepare_order(order, persons, affinity.get(order.id, {}))
            )
        return orders

    def _prepare_order(self, order, persons, affinity):
        wished = order.preferred_engineer_id.id
        engineer_id = order.engineer_id.id
        deadline = order.ticket_id.deadline
        return Order(
            id=order.id,
            place=self.order_places[order.id],
            duration=_get_duration(order),
            windows=self._get_windows(order),
            skills=_names(order.ticket_type_id.skill_ids),
            tools=_names(order.tool_ids),
            parts=self.needed.get(order.id, {}),
            priority=float(order.priority or 0),
            pinned_to=(
                engineer_id if order in self.bound and engineer_id in persons else None
            ),
            excluded=frozenset(
                persons
                & (set(order.excluded_engineer_ids.ids) | self._get_outside(order))
            ),
            preferred=(
                {wished: self.options.weights.preferred} if wished in persons else {}
            ),
            affinity=affinity,
            deadline=self.clock.seconds(deadline) if deadline else None,
        )

    def _get_windows(self, order):
        """Return the promised times that are still ahead."""
        windows = [
            (self.clock.seconds(window.date_from), self.clock.seconds(window.date_to))
            for window in order.window_ids
        ]
        return tuple(
            (max(start, self.moment), end)
            for start, end in windows
            if end >= self.moment
        )

    def _get_outside(self, order):
        """Return the ids of the engineers who do not look after the area."""
        area = order.area_id
        if not area or self.ignore_areas:
            return set()
        if area.id not in self.outside:
            path = {int(number) for number in area.parent_path.split("/")[:-1]}
            self.outside[area.id] = {
                engineer.id
                for engineer in self.engineers
                if engineer.area_ids and not path & set(engineer.area_ids.ids)
            }
        return self.outside[area.id]

    def _get_affinity(self, persons):
        """Return ``{order id: {engineer id: 0..1}}`` of who was there last."""
        machines = self._get_last_engineers("equipment_id", self.movable.equipment_id)
        addresses = self._get_last_engineers("address_id", self.movable.address_id)
        affinity = {}
        for order in self.movable:
            known = {
                addresses.get(order.address_id): PLACE_AFFINITY,
                machines.get(order.equipment_id): 1.0,
            }
            affinity[order.id] = {
                engineer.id: value
                for engineer, value in known.items()
                if engineer and engineer.id in persons
            }
        return affinity

    def _get_last_engineers(self, field_name, records):
        """Return ``{record: engineer}`` of the last finished visit."""
        groups = self.env["qifei.work.order"]._read_group(
            Domain(field_name, "in", records.ids)
            & Domain("state", "in", ORDER_DONE_STATES)
            & Domain("engineer_id", "in", self.engineers.ids)
            & Domain("done_on", "!=", False),
            [field_name, "engineer_id"],
            ["done_on:max"],
        )
        return {
            record: engineer
            for record, engineer, _done_on in sorted(groups, key=lambda group: group[2])
        }

    def _get_present_routes(self, known):
        """Return the plan of now: ids of orders by day of an engineer."""
        planned = defaultdict(list)
        for order in self.kept if self.keep else self.kept | self.movable:
            if order.id in known and order.id in self.found_days:
                planned[self.found_days[order.id]].append(order)
        return {
            self.day_keys[key]: [
                order.id
                for order in sorted(orders, key=lambda one: self.begins[one.id])
            ]
            for key, orders in planned.items()
        }


def _is_pinned(order):
    return bool(order.is_pinned and order.engineer_id and order.planned_start)


def _get_duration(order):
    return _to_minutes(HOUR * (order.duration or DEFAULT_VISIT_HOURS))


def _to_minutes(seconds):
    """Round up to whole minutes, so that everything planned begins at one."""
    return 60.0 * math.ceil(seconds / 60 - 1e-6)


def _names(records):
    """Return the ids as the engine's texts."""
    return frozenset(str(record_id) for record_id in records.ids)
