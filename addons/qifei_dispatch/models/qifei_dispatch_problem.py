from odoo import api, models

from ..engine.insertion import schedules
from ..tools.clock import Clock
from ..tools.drafting import Drafting


class QifeiDispatchProblem(models.AbstractModel):
    """Puts engineers and orders into the words of the engine.

    The number of queries does not depend on how many there are. Bridges add what they
    know in the hooks at the end.

    The engine knows an engineer once for each day he works: ``"<id>@<day>"``, with the
    engineer's id as ``person``. An order keeps its id.
    """

    _name = "qifei.dispatch.problem"
    _description = "Problem of planning"

    @api.model
    def _build(self, company, engineers, orders, day_from, day_to, **options):
        """Return the engine's ``Problem``; see ``_draft``."""
        return self._draft(
            company, engineers, orders, day_from, day_to, **options
        ).problem

    @api.model
    def _draft(self, company, engineers, orders, day_from, day_to, **options):
        """Return the ``Draft`` of planning ``orders``.

        What else these engineers have planned in these days stays as it is: pinned
        orders, those under way, those of ``engineers`` that are not in ``orders``.

        :param company: res.company whose time zone and prices count
        :param engineers: who may be planned; days without working time are left out
        :param orders: what may be planned, moved and left out
        :param day_from: first day
        :param day_to: last day
        :param options: ``now`` (moment before which nothing is planned), ``seconds``
            (of solving), ``keep`` (all that is planned stays, for a question about one
            more order), ``ignore_areas``, ``overtime`` (seconds added to each shift),
            ``change_factor`` (times the price of a change)
        """
        # sudo: qifei.work.order, qifei.engineer - planning knows all of a company
        return Drafting(
            self.sudo(), company.sudo(), engineers.sudo(), orders.sudo(), options
        ).draft(day_from, day_to)

    @api.model
    def _get_clock(self, company, first_day):
        """Return the ``Clock`` of plans that begin on a day."""
        return Clock(company._get_dispatch_tz(), first_day)

    @api.model
    def _get_routes(self, company, engineers, day_from, day_to, orders=None, **options):
        """Return the ``Draft`` of what is planned, for questions about more orders.

        Its ``problem`` and ``routes`` are what ``engine.insertion.Inserter`` takes. All
        that is planned stays exactly there.

        :param orders: more orders, which nobody has planned yet
        """
        orders = self.env["qifei.work.order"] if orders is None else orders
        return self._draft(
            company, engineers, orders, day_from, day_to, keep=True, **options
        )

    @api.model
    def _get_day_routes(self, engineers, day):
        """Return what engineers have planned for a day.

        :return: ``{engineer: engine.schedule.Schedule}``; engineers who do not work or
            have nothing planned are left out
        """
        routes = {}
        for company, members in engineers.grouped("company_id").items():
            draft = self._get_routes(company, members, day, day)
            for key, schedule in schedules(draft.problem, draft.routes).items():
                person = draft.problem.engineer(key).person
                routes[engineers.browse(person)] = schedule
        return routes

    # === HOOKS === #

    @api.model
    def _get_needed_parts(self, orders):
        """Return the parts that visits need.

        :return: ``{order id: {part as text: quantity}}``
        """
        return {}

    @api.model
    def _get_van_parts(self, engineers):
        """Return the parts that engineers carry.

        :return: ``{engineer id: {part as text: quantity}}``
        """
        return {}

    @api.model
    def _get_warehouse_place(self, company):
        """Return where tools and parts are fetched.

        :return: ``(latitude, longitude)``, or None when nobody knows
        """
        partner = company.partner_id
        place = (partner.partner_latitude, partner.partner_longitude)
        return place if any(place) else None

    @api.model
    def _get_bound_orders(self, orders):
        """Return the orders that stay with their engineer, whatever the time.

        Bridges add those whose engineer has something in hand for them.
        """
        return orders.browse()
