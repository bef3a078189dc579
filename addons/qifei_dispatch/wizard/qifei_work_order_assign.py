from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.tools.turns import write_anew


class QifeiWorkOrderAssign(models.TransientModel):
    """Adds when each engineer could come, what that costs, and why or why not."""

    _inherit = "qifei.work.order.assign"

    def _rebuild(self):
        # The proposals are calculated: nobody but this step writes them.
        return super(QifeiWorkOrderAssign, self._as_own_step())._rebuild()

    def _get_lacks(self, engineer):
        """Add who is not to be sent; a missing tool may be fetched on the way."""
        lacks = super()._get_lacks(engineer)
        reasons = [
            reason
            for found in self.order_ids._get_lacks(engineer).values()
            for reason in found.get(engineer.id, ())
            if reason["key"] in ("excluded", "own")
        ]
        return lacks + self.env["qifei.dispatch.reason"]._say(reasons)

    def _rank_engineers(self):
        """Rank who qualifies by what it costs to send him."""
        ranked = super()._rank_engineers()
        answers = self._get_answers(
            [values["engineer_id"] for values in ranked if values["is_qualified"]]
        )
        if answers is None:
            return ranked
        said = self.env["qifei.dispatch.reason"]._say_all(
            [answer["reason"] for answer in answers.values()]
        )
        notes = dict(zip(answers, said, strict=True))
        for values in ranked:
            answer = answers.get(values["engineer_id"])
            if not answer:
                continue
            # Who is elsewhere or off at a time that is given hears that first.
            is_out = self.planned_start and not values["is_free"]
            values.update(
                is_free=bool(answer["planned_start"]) and not is_out,
                proposed_start=answer["planned_start"],
                proposed_end=answer["planned_end"],
                added_minutes=answer["added_minutes"],
                travel_minutes=answer["travel_minutes"],
                travel_km=answer["travel_km"],
                reason=answer["reason"],
                note=values["note"]
                if is_out
                else " ".join(notes[answer["engineer_id"]]),
            )
        places = {engineer_id: number for number, engineer_id in enumerate(answers)}
        ranked.sort(
            key=lambda values: (
                not values["is_qualified"],
                places.get(values["engineer_id"], len(places)),
            )
        )
        return [
            {**values, "sequence": sequence} for sequence, values in enumerate(ranked)
        ]

    def _get_answers(self, engineer_ids):
        """Return ``{engineer id: answer}``, the best first; None when nobody asks.

        Several orders at a time, and what is to be in the past, are left to the
        dispatcher; so is everything when the engine fails.
        """
        order = self.order_ids
        if len(order) != 1 or not engineer_ids:
            return None
        if self.planned_start and self.planned_start < fields.Datetime.now():
            return None
        answers = self.env["qifei.dispatch.insertion"]._try(
            "_rank",
            order,
            self.env["qifei.engineer"].browse(engineer_ids),
            self.planned_start or None,
        )
        if answers is None:
            return None
        return {answer["engineer_id"]: answer for answer in answers}

    def _assign(self, engineer):
        """Take the proposed time where the dispatcher has not given one.

        :raise UserError: the proposal is older than what others have planned since
        """
        self.ensure_one()
        # Of two who fill the same hour one begins anew, and sees that it is taken.
        write_anew(self.order_ids)
        write_anew(engineer)
        candidate = self.candidate_ids.filtered(
            lambda candidate: candidate.engineer_id == engineer
        )[:1]
        is_proposal = (
            len(self.order_ids) == 1
            and bool(candidate.proposed_start)
            and self.planned_start in (False, candidate.proposed_start)
        )
        if is_proposal:
            self.order_ids._check_transition("assign")
            self._check_proposal(candidate)
        if is_proposal and not self.planned_start:
            self.write(
                {
                    "planned_start": candidate.proposed_start,
                    "planned_end": candidate.proposed_end,
                }
            )
        result = super()._assign(engineer)
        self.order_ids._as_own_step().write(
            {
                "dispatch_reason": [
                    {"key": "chosen"},
                    *(candidate.reason or [] if is_proposal else []),
                ],
                "travel_minutes": candidate.travel_minutes if is_proposal else 0.0,
                "travel_km": candidate.travel_km if is_proposal else 0.0,
            }
        )
        return result

    def _check_proposal(self, candidate):
        """Raise when the time of a candidate cannot be had any more.

        Without an answer the dispatcher decides, as ever.
        """
        order = self.order_ids
        start = candidate.proposed_start
        now = fields.Datetime.now()
        is_free = start >= now and self.env["qifei.dispatch.insertion"]._try(
            "_is_still_free",
            order,
            candidate.engineer_id,
            start,
            min(candidate.create_date, now),
        )
        if is_free is False:
            raise UserError(
                self.env._(
                    "%(engineer)s cannot take %(order)s at %(time)s any more: the list "
                    "is out of date. Choose “Rank again”, and then an engineer.",
                    engineer=candidate.engineer_id.name,
                    order=order.name,
                    time=order._format_reader_span(start, candidate.proposed_end),
                )
            )
