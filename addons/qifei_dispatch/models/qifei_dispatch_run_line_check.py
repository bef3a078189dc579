from datetime import timedelta
from math import inf

from odoo import fields, models
from odoo.tools import format_time
from odoo.tools.date_utils import localized
from odoo.tools.intervals import Intervals

from odoo.addons.qifei_aftersales.const import DEFAULT_VISIT_HOURS

from ..const import ORDER_ROUTE_STATES

# Proposals that put a visit somewhere else.
PLACING_CHANGES = ("new", "moved", "retimed")
# Plans are made in whole minutes.
TOLERANCE = timedelta(minutes=1)


class QifeiDispatchRunLine(models.Model):
    """Finds the proposals that do not hold any more when a plan is published.

    Meanwhile other times are promised, engineers are on leave, other visits are in the
    way. All proposals are looked at together: the number of queries does not depend on
    how many there are.
    """

    _inherit = "qifei.dispatch.run.line"

    def _find_obstacles(self):
        """Tell which of these proposals do not hold, were all of them published.

        :return: ``{line id: sentence}``
        """
        # sudo: qifei.dispatch.run.line - all visits take time, whoever may see them
        lines_sudo = self.sudo().with_prefetch()
        placing_sudo = lines_sudo.filtered(lambda line: line.change in PLACING_CHANGES)
        if not placing_sudo:
            return {}
        obstacles = placing_sudo._find_broken_rules(lines_sudo)
        visits_sudo = placing_sudo._get_visits_around().grouped("engineer_id")
        found = True
        # Who is left out stays where he is, and may be in the way of another one.
        while found:
            leaving = lines_sudo.filtered(lambda line: line.id not in obstacles)
            found = (placing_sudo & leaving)._find_overlaps(
                visits_sudo, set(leaving.order_id.ids)
            )
            obstacles.update(found)
        return obstacles

    # === RULES === #

    def _find_broken_rules(self, lines):
        """Tell what stands against the proposals, whatever becomes of other visits.

        :param lines: all proposals, some of which fetch tools at the warehouse
        """
        broken = self._get_broken_items(lines)
        sentences = self.env["qifei.dispatch.reason"]._say_all(
            [broken[line.id] for line in self]
        )
        obstacles = {}
        for line, reasons in zip(self, sentences, strict=True):
            minutes = line._get_other_minutes()
            if reasons:
                obstacles[line.id] = self.env._(
                    "%(engineer)s cannot take it any more: %(reasons)s",
                    engineer=line.engineer_id.name,
                    reasons=" ".join(reasons),
                )
            elif minutes:
                obstacles[line.id] = self.env._(
                    "The visit takes %(minutes)s minutes now, and the plan has another "
                    "length for it.",
                    minutes=minutes,
                )
        return obstacles

    def _get_broken_items(self, lines):
        """Return ``{line id: items of a reason}``."""
        fetched = {}
        for line in lines.filtered("is_fetching"):
            key = (line.engineer_id.id, line.day)
            fetched[key] = min(fetched.get(key, inf), line.sequence)
        working = self.engineer_id._get_planning_intervals(
            min(self.mapped("planned_start")), max(self.mapped("planned_end"))
        )
        broken = {}
        for engineer, mine in self.grouped("engineer_id").items():
            lacks = mine.order_id._get_lacks(engineer)
            for line in mine:
                items = lacks[line.order_id.id].get(engineer.id, [])
                if fetched.get((engineer.id, line.day), inf) <= line.sequence:
                    items = [item for item in items if item["key"] != "tool"]
                if not line._is_in_window():
                    items = [*items, {"key": "window"}]
                if not line._is_in_working_time(working[engineer.id]):
                    items = [*items, {"key": "absent"}]
                broken[line.id] = items
        return broken

    def _is_in_window(self):
        """Tell whether the visit begins when it was promised.

        Times that had passed when the plan was made bind nobody.
        """
        self.ensure_one()
        since = (self.run_id.started_on or fields.Datetime.now()) + TOLERANCE
        ahead = self.order_id.window_ids.filtered(
            lambda window: window.date_to >= since
        )
        return not ahead or any(
            window.date_from - TOLERANCE
            <= self.planned_start
            <= window.date_to + TOLERANCE
            for window in ahead
        )

    def _is_in_working_time(self, working):
        self.ensure_one()
        visit = Intervals(
            [(localized(self.planned_start), localized(self.planned_end), self)]
        )
        lost = (stop - start for start, stop, _line in visit - working)
        return sum(lost, timedelta()) < TOLERANCE

    def _get_other_minutes(self):
        """Return how long the visit takes by now, or 0 for as long as it is planned."""
        self.ensure_one()
        now = timedelta(hours=self.order_id.duration or DEFAULT_VISIT_HOURS)
        planned = self.planned_end - self.planned_start
        return round(now.total_seconds() / 60) if abs(now - planned) > TOLERANCE else 0

    # === OTHER VISITS === #

    def _get_visits_around(self):
        """Return what the engineers have planned in these days, of any plan."""
        return self.env["qifei.work.order"].search_fetch(
            [
                ("engineer_id", "in", self.engineer_id.ids),
                ("state", "in", ("draft", *ORDER_ROUTE_STATES)),
                ("planned_start", "<", max(self.mapped("planned_end"))),
                ("planned_end", ">", min(self.mapped("planned_start"))),
            ],
            ["name", "engineer_id", "planned_start", "planned_end"],
            order="planned_start, id",
        )

    def _find_overlaps(self, visits, leaving):
        """Tell which visits that stay are in the way.

        :param visits: ``{engineer: orders}``
        :param leaving: ids of the orders whose time the plan decides
        """
        overlaps = {}
        for line in self:
            for visit in visits.get(line.engineer_id, ()):
                if (
                    visit.id not in leaving
                    and visit.planned_start + TOLERANCE <= line.planned_end
                    and line.planned_start + TOLERANCE <= visit.planned_end
                ):
                    overlaps[line.id] = line._get_overlap_sentence(visit)
                    break
        return overlaps

    def _get_overlap_sentence(self, visit):
        self.ensure_one()
        tz = self.company_id._get_dispatch_tz()
        start, end = (
            format_time(self.env, moment, tz=tz, time_format="HH:mm")
            for moment in (visit.planned_start, visit.planned_end)
        )
        return self.env._(
            "%(engineer)s is at %(order)s from %(start)s to %(end)s.",
            engineer=self.engineer_id.name,
            order=visit.name,
            start=start,
            end=end,
        )
