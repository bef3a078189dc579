import logging
import math
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models

from ..const import (
    ENGINEER_DAYS,
    FIRST_LOOK_DAYS,
    MOST_ASKED,
    ORDER_ROUTE_STATES,
)
from ..tools.choosing import Chooser
from ..tools.clock import Clock

_logger = logging.getLogger(__name__)

DAY = timedelta(days=1)


class Span(NamedTuple):
    """Days, the first and the last of them."""

    first: date
    last: date


class QifeiDispatchInsertion(models.AbstractModel):
    """Places single orders into the days of engineers, the cheapest way first.

    Asked by the list of candidates, by dispatching at once and by the grab pool. What
    is planned stays; skills, areas and exclusions are looked at before the engine is
    asked, and a few days at a time, so that it has only a small plan to look into.
    """

    _name = "qifei.dispatch.insertion"
    _description = "Placing of single orders"

    # === ANSWERS === #

    @api.model
    def _place(self, orders, engineers=None):
        """Find engineer and time for orders, one after the other.

        :param orders: free orders of one company and one rule, the most urgent first
        :param engineers: who is asked; all who come into question when left out
        :return: ``{order id: values to write}`` of those that have a place, and
            ``{order id: reason}`` of the others
        """
        fit = self._get_fit_engineers(orders, engineers)
        asked = self.env["qifei.engineer"].union(*fit.values())
        placed = {}
        refused = {order.id: [{"key": "nobody"}] for order in orders}
        for days, group in self._look_ahead(orders, len(asked)):
            for some in self._ask_in_turn(group, asked, days):
                left = group.filtered(
                    lambda order: order.id not in placed and fit[order.id]
                )
                if left:
                    self._place_among(left, some, days, fit, placed, refused)
        return placed, {
            order_id: reason
            for order_id, reason in refused.items()
            if order_id not in placed
        }

    @api.model
    def _rank(self, order, engineers, planned_start=None):
        """Tell for engineers when they could take an order, and why not.

        :param order: one order without an engineer
        :param engineers: who is asked
        :param planned_start: when the visit is to begin, if that is decided
        :return: list of dicts, the best first: ``engineer_id``, ``planned_start`` and
            ``planned_end`` (nothing when it does not fit), ``travel_minutes``,
            ``travel_km``, ``added_minutes``, ``cost`` and ``reason``
        """
        answers = {
            engineer.id: self._prepare_refusal(engineer.id, [{"key": "far"}])
            for engineer in engineers
        }
        for days, _order in self._look_ahead(order, len(engineers), planned_start):
            for some in self._ask_in_turn(order, engineers, days):
                found = self._rank_among(order, some, days, planned_start)
                answers.update(found)
                if any(answer["planned_start"] for answer in found.values()):
                    break
            else:
                continue
            break
        return sorted(
            answers.values(),
            key=lambda answer: (not answer["planned_start"], answer["cost"]),
        )

    @api.model
    def _is_still_free(self, order, engineer, planned_start, asked_on):
        """Tell whether a time that was proposed can still be had.

        :param asked_on: moment of the proposal; what has passed since then, while
            somebody read it, does not count
        """
        day = self._get_span(order, planned_start).first
        # A shift that began the day before may go on after midnight.
        answers = self._rank_among(
            order, engineer, Span(day - DAY, day), planned_start, asked_on
        )
        return bool(answers[engineer.id]["planned_start"])

    @api.model
    def _try(self, method, *args):
        """Return what a method of this model answers, or None when it fails.

        Dispatching by hand goes on without the engine.
        """
        try:
            with self.env.cr.savepoint():
                return getattr(self, method)(*args)
        except Exception:
            _logger.exception("The engine cannot place %s", args[0])
            return None

    # === STEPS === #

    @api.model
    def _place_among(self, orders, engineers, days, fit, placed, refused):
        """Place orders with some engineers in some days, into ``placed``."""
        chooser = self._get_chooser(orders, engineers, days)
        for order in orders:
            ranked = self._get_ranking(chooser, order, fit[order.id])
            options = [one for one in ranked if one.option]
            if options:
                chooser.take(order.id, options[0])
                placed[order.id] = {
                    "engineer_id": options[0].engineer_id,
                    "dispatch_reason": self._explain(
                        order, options[0], count=len(options)
                    ),
                }
            elif ranked:
                refused[order.id] = self._explain_refusal(ranked[0])
        for order_id, visit in chooser.visits(orders.ids).items():
            placed[order_id].update(self._prepare_times(visit))

    @api.model
    def _rank_among(self, order, engineers, days, planned_start, now=None):
        """Return ``{engineer id: answer}`` of some engineers in some days."""
        answers = {
            engineer.id: self._prepare_refusal(engineer.id, [{"key": "absent"}])
            for engineer in engineers
        }
        chooser = self._get_chooser(order, engineers, days, planned_start, now)
        ranked = self._get_ranking(chooser, order, engineers)
        count = sum(one.option is not None for one in ranked)
        for number, candidate in enumerate(ranked):
            answers[candidate.engineer_id] = self._prepare_answer(
                chooser, order, candidate, count=0 if number else count
            )
        return answers

    @api.model
    def _ask_in_turn(self, orders, engineers, days):
        """Yield who is near in these days, and then the others.

        Travel between all places of hundreds of engineers takes seconds, and nobody
        is sent across the country while somebody is around the corner.
        """
        if len(orders) > 1 or len(engineers) <= MOST_ASKED:
            yield engineers
            return
        distances = self._get_distances(orders, engineers, days)
        wished = orders.preferred_engineer_id
        ranked = engineers.sorted(
            lambda engineer: (engineer != wished, distances[engineer.id])
        )
        yield ranked[:MOST_ASKED]
        yield ranked[MOST_ASKED:]

    @api.model
    def _get_distances(self, order, engineers, days):
        """Return ``{engineer id: number}``, the smaller the nearer he comes anyway."""
        clock = Clock(order.company_id._get_dispatch_tz(), days.first)
        # sudo: qifei.work.order - where colleagues are, nothing else of their visits
        visits_sudo = (
            self.env["qifei.work.order"]
            .sudo()
            .search_fetch(
                [
                    ("engineer_id", "in", engineers.ids),
                    ("state", "in", ORDER_ROUTE_STATES),
                    ("planned_start", ">=", clock.midnight(days.first)),
                    ("planned_start", "<", clock.midnight(days.last + DAY)),
                ],
                ["engineer_id", "latitude", "longitude"],
            )
        )
        width = math.cos(math.radians(order.latitude))

        def measure(latitude, longitude):
            return math.hypot(
                latitude - order.latitude, (longitude - order.longitude) * width
            )

        distances = {
            engineer.id: measure(*(engineer._get_start_place() or (0.0, 0.0)))
            for engineer in engineers
        }
        for visit in visits_sudo:
            engineer_id = visit.engineer_id.id
            distances[engineer_id] = min(
                distances[engineer_id], measure(visit.latitude, visit.longitude)
            )
        return distances

    @api.model
    def _get_ranking(self, chooser, order, engineers):
        """Return the candidates among ``engineers``, the best first."""
        wanted = set(engineers.ids)
        return [
            candidate
            for candidate in chooser.rank(order.id, soon=order.priority == "3")
            if candidate.engineer_id in wanted
        ]

    @api.model
    def _prepare_answer(self, chooser, order, candidate, *, count):
        if candidate.option is None:
            return self._prepare_refusal(
                candidate.engineer_id,
                self.env["qifei.dispatch.reason"]._from_broken(candidate.broken),
            )
        return {
            "engineer_id": candidate.engineer_id,
            "added_minutes": candidate.option.added_travel / 60,
            "cost": candidate.cost,
            "reason": self._explain(order, candidate, count=count),
            **self._prepare_times(chooser.visit(order.id, candidate)),
        }

    @api.model
    def _prepare_refusal(self, engineer_id, reason):
        return {
            "engineer_id": engineer_id,
            "planned_start": False,
            "planned_end": False,
            "travel_minutes": 0.0,
            "travel_km": 0.0,
            "added_minutes": 0.0,
            "cost": float("inf"),
            "reason": reason,
        }

    @api.model
    def _prepare_times(self, visit):
        return {
            "planned_start": visit.start,
            "planned_end": visit.end,
            "travel_minutes": visit.minutes,
            "travel_km": visit.kilometres,
        }

    # === REASONS === #

    @api.model
    def _explain(self, order, candidate, *, count):
        """Return why this engineer: rules, costs and wishes."""
        reason = []
        if count == 1:
            reason.append({"key": "only_one"})
        elif count:
            reason.append({"key": "best_of", "amount": count})
        reason += self.env["qifei.dispatch.reason"]._from_option(candidate.option)
        if candidate.load:
            reason.append({"key": "load", "amount": candidate.load})
        if candidate.is_known:
            reason.append({"key": "affinity"})
        wished = order.preferred_engineer_id.id
        if wished:
            reason.append(
                {"key": "preferred"}
                if wished == candidate.engineer_id
                else {"key": "unwished", "ids": [wished]}
            )
        return reason

    @api.model
    def _explain_refusal(self, candidate):
        """Return why nobody: what keeps the one away who lacks least."""
        return [
            {"key": "nobody", "ids": [candidate.engineer_id]},
            *self.env["qifei.dispatch.reason"]._from_broken(candidate.broken),
        ]

    # === DAYS === #

    @api.model
    def _look_ahead(self, orders, engineer_count, planned_start=None):
        """Yield a few days at a time with the orders that may be placed in them."""
        spans = {order.id: self._get_span(order, planned_start) for order in orders}
        count = min(FIRST_LOOK_DAYS, ENGINEER_DAYS // max(engineer_count, 1))
        step = timedelta(days=max(count, 1))
        day = min(span.first for span in spans.values())
        end = max(span.last for span in spans.values())
        while day <= end:
            days = Span(day, min(day + step - timedelta(days=1), end))
            group = orders.filtered(
                lambda order, days=days: (
                    spans[order.id].first <= days.last
                    and spans[order.id].last >= days.first
                )
            )
            if group:
                yield days, group
            day += step

    @api.model
    def _get_span(self, order, planned_start=None):
        """Return the days in which an order may be placed."""
        now = fields.Datetime.now()
        clock = Clock(order.company_id._get_dispatch_tz(), fields.Date.today())
        today = clock.day(clock.seconds(now))
        if planned_start:
            day = clock.day(clock.seconds(planned_start))
            return Span(day, day)
        moments = [
            moment
            for window in order.window_ids
            if window.date_to >= now
            for moment in (window.date_from, window.date_to)
        ]
        if not moments and order.planned_start and order.planned_start >= now:
            moments = [order.planned_start]
        if moments:
            return Span(
                max(clock.day(clock.seconds(min(moments))), today),
                max(clock.day(clock.seconds(max(moments))), today),
            )
        return Span(today, today + timedelta(days=order.company_id.dispatch_slot_days))

    # === ENGINE === #

    @api.model
    def _get_fit_engineers(self, orders, engineers=None):
        """Return ``{order id: engineers}`` of those who lack nothing but the time.

        A tool that the van lacks can be fetched, so the engine decides about it.
        """
        if engineers is None:
            engineers = orders._get_company_engineers()
        lacks = orders._get_lacks(engineers)
        fit = {}
        for order in orders:
            out = {
                engineer_id
                for engineer_id, reasons in lacks[order.id].items()
                if any(reason["key"] != "tool" for reason in reasons)
            }
            fit[order.id] = engineers.filtered(
                lambda engineer, order=order, out=out: (
                    engineer.company_id == order.company_id and engineer.id not in out
                )
            )
        return fit

    @api.model
    def _get_chooser(self, orders, engineers, days, planned_start=None, now=None):
        """Return the plan of these days, to place orders of one rule in."""
        rule = orders[:1].dispatch_rule_id
        weights, load_price = {}, 0.0
        if rule.has_own_weights:
            weights = {
                "travel": rule.weight_travel,
                "preferred": rule.weight_preferred,
                "affinity": rule.weight_affinity,
            }
            load_price = 60 * rule.weight_load
        draft = self.env["qifei.dispatch.problem"]._get_routes(
            orders.company_id,
            engineers,
            days.first,
            days.last,
            orders=orders,
            ignore_areas=True,
            weights=weights,
            now=now,
        )
        return Chooser(
            draft,
            self._get_limits(draft.clock, orders, planned_start),
            load_price=load_price,
        )

    @api.model
    def _get_limits(self, clock, orders, planned_start=None):
        """Return what the rule and a decided time change about the orders."""
        now = fields.Datetime.now()
        limits = {}
        for order in orders:
            changes = {}
            rule = order.dispatch_rule_id
            if rule and not rule.match_skill:
                changes["skills"] = frozenset()
            moment = planned_start
            if not moment and not order.window_ids and order.planned_start:
                moment = order.planned_start if order.planned_start >= now else None
            if moment:
                second = clock.seconds(moment)
                changes["windows"] = ((second, second),)
            if changes:
                limits[order.id] = changes
        return limits
