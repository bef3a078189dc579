from datetime import datetime, timedelta
from itertools import chain

from pytz import UTC

from odoo import models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools.working_time import plan_hours

# Working time is kept in stretches of this length, counted from a common day.
STRETCH = timedelta(weeks=4)
FIRST_DAY = datetime(1970, 1, 1)
# As far as a deadline is looked for; a calendar without hours reaches no end.
MOST_STRETCHES = 15


class ResCompany(models.Model):
    """Counts deadlines in the working time of the company."""

    _inherit = "res.company"

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"resource_calendar_id"}

    def _plan_hours(self, start, hours):
        """Return the moment at which ``hours`` of work after ``start`` are used up.

        :param start: naive UTC
        :param hours: working hours, none for no deadline
        :return: naive UTC, or False
        """
        if not hours:
            return False
        first = (start - FIRST_DAY) // STRETCH
        stretches = map(self._get_working_time, range(first, first + MOST_STRETCHES))
        moment = plan_hours(chain.from_iterable(stretches), start, hours)
        return moment or start + timedelta(hours=hours)

    @ormcache("self.id", "number")
    def _get_working_time(self, number):
        """Return the working time of a stretch, kept until a calendar changes.

        Without a calendar, and with a flexible one, the clock runs day and night.

        :param int number: how many stretches after the common first day
        :return: sorted tuple of ``(begin, end)``, naive UTC
        """
        # sudo: resource.calendar - one answer for all users, whatever their context
        company_sudo = self.with_env(self.env(su=True, context={}))
        calendar_sudo = company_sudo.resource_calendar_id
        begin = FIRST_DAY + number * STRETCH
        if not calendar_sudo or calendar_sudo.flexible_hours:
            return ((begin, begin + STRETCH),)
        # Days off without a calendar are those of their company only.
        leaves = Domain("time_type", "=", "leave") & (
            Domain("calendar_id", "!=", False)
            | Domain("company_id", "in", [False, *company_sudo.parent_ids.ids])
        )
        intervals = calendar_sudo._work_intervals_batch(
            begin.replace(tzinfo=UTC),
            (begin + STRETCH).replace(tzinfo=UTC),
            domain=list(leaves),
        )[False]
        return tuple(
            tuple(moment.astimezone(UTC).replace(tzinfo=None) for moment in interval)
            for *interval, _attendances in intervals
        )
