from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime
from odoo.tools.misc import hash_sign, verify_hash_signed

from odoo.addons.qifei_base.models.qifei_guard_mixin import YEARS
from odoo.addons.qifei_base.tools.turns import write_anew

from ..const import ORDER_MOVABLE_STATES

UNDO_SCOPE = "qifei_dispatch.board"
UNDO_HOURS = 12


class QifeiDispatchBoard(models.AbstractModel):
    """How orders are moved on the board, and moved back.

    A move is an assignment: an order without an engineer is assigned, one with another
    engineer is taken back from him and assigned in one step. Rules that must not be
    broken refuse it with a sentence; of two dispatchers who move the same order, or
    fill the same hour of an engineer, the first one wins.
    """

    _inherit = "qifei.dispatch.board"

    # === MOVES === #

    @api.model
    def move(
        self, order_id, engineer_id, start=False, token=None, confirmed=False, date=None
    ):
        """Give an order to an engineer at a time.

        :param start: moment in UTC; without one the cheapest time of the day is found
        :param token: what the board was told of the order
        :param confirmed: an order that is accepted already is moved all the same
        :param date: day of the board
        :return: dict with ``confirm``, a question, when it has to be confirmed first;
            otherwise ``message``, ``warnings``, ``undo`` and ``changes`` of the board
        """
        company = self._check_use()
        order, engineer = self._read_pair(order_id, engineer_id)
        self._take_turn(order, token, order.engineer_id | engineer)
        self._check_movable(order)
        place = self._place(order, engineer, self._read_moment(start), date)
        if place["refusals"]:
            raise UserError(
                self.env._(
                    "%(order)s cannot go to %(engineer)s: %(reasons)s",
                    order=order.name,
                    engineer=engineer.name,
                    reasons=" ".join(place["refusals"]),
                )
            )
        question = self._get_question(order, engineer)
        if question and not confirmed:
            return {"confirm": question}
        before = self._get_present(order)
        self._reassign(order, engineer, place["start"], place["end"])
        order._as_own_step().write(
            {
                "travel_minutes": place["travel"],
                "travel_km": place["travel_km"],
                "dispatch_reason": [{"key": "chosen"}],
            }
        )
        message = self.env._(
            "%(order)s is with %(engineer)s at %(time)s.",
            order=order.name,
            engineer=engineer.name,
            time=self._format(place["start"]),
        )
        return self._answer(company, order, before, date, message, place["warnings"])

    @api.model
    def unplan(self, order_id, token=None, confirmed=False, date=None):
        """Take an order back from its engineer, into the list of what is to be planned.

        Parameters and answer as those of ``move``.
        """
        company = self._check_use()
        order = self._read_order(order_id)
        self._take_turn(order, token, order.engineer_id)
        self._check_movable(order)
        if not order.engineer_id:
            raise UserError(
                self.env._("%(order)s is in the list already.", order=order.name)
            )
        question = self._get_question(order)
        if question and not confirmed:
            return {"confirm": question}
        before = self._get_present(order)
        self._release(order)
        message = self.env._("%(order)s is back in the list.", order=order.name)
        return self._answer(company, order, before, date, message)

    @api.model
    def undo(self, undo, date=None):
        """Move an order back to where it was before a move of this board.

        :param undo: what ``move`` or ``unplan`` has answered
        """
        company = self._check_use()
        order_id, engineer_id, start, end, state, token = self._read_undo(undo)
        order = self._read_order(order_id)
        engineer = self.env["qifei.engineer"].browse(engineer_id or ()).exists()
        former = order.engineer_id
        self._take_turn(order, token, former | engineer)
        self._check_movable(order)
        start, end = self._read_moment(start), self._read_moment(end)
        warnings = self._check_way_back(order, engineer, start, date)
        if not engineer:
            self._release(order)
            order.write({"planned_start": start, "planned_end": end})
        elif state == "draft":
            self._release(order)
            order.write(
                {"engineer_id": engineer.id, "planned_start": start, "planned_end": end}
            )
        else:
            self._reassign(order, engineer, start, end)
        message = self.env._("%(order)s is back where it was.", order=order.name)
        if state == "accepted":
            message = self.env._(
                "%(order)s is back where it was; %(engineer)s is asked to accept it "
                "again.",
                order=order.name,
                engineer=engineer.name,
            )
        return {
            "message": message,
            "warnings": warnings,
            "undo": False,
            "changes": self._get_changes(
                company,
                self._get_clock(company, date),
                order,
                order.ids,
                (former | engineer).ids,
            ),
        }

    # === ARGUMENTS === #

    @api.model
    def _read_order(self, order_id):
        """Return an order of the company that the user may see.

        :raise UserError: there is none
        """
        order = self._read_orders([order_id])
        if not order:
            raise UserError(
                self.env._(
                    "This order is not there any more, or belongs to another company. "
                    "Reload the board."
                )
            )
        return order

    @api.model
    def _read_pair(self, order_id, engineer_id):
        order = self._read_order(order_id)
        engineer = self.env["qifei.engineer"].search(
            [
                ("id", "in", self._read_ids([engineer_id])),
                ("company_id", "=", order.company_id.id),
            ]
        )
        if not engineer:
            raise UserError(
                self.env._(
                    "This engineer is not there any more, or belongs to another "
                    "company. Reload the board."
                )
            )
        return order, engineer

    @api.model
    def _read_moment(self, value):
        """Return a moment that came from outside, or False for none.

        :raise UserError: when it is none
        """
        if not value:
            return False
        try:
            moment = fields.Datetime.to_datetime(value)
            if moment.year not in YEARS:
                raise ValueError
            return moment.replace(microsecond=0, tzinfo=None)
        except (TypeError, ValueError, AttributeError) as error:
            raise UserError(
                self.env._("“%(time)s” is no time to plan for.", time=value)
            ) from error

    @api.model
    def _read_undo(self, undo):
        """Return what a move has signed for its way back."""
        values = None
        if isinstance(undo, str):
            try:
                # sudo: ir.config_parameter - the secret that signs
                values = verify_hash_signed(self.sudo().env, UNDO_SCOPE, undo)
            except (ValueError, IndexError, UnicodeDecodeError):
                values = None
        if not values:
            raise UserError(
                self.env._("This move cannot be undone any more: move it by hand.")
            )
        return values

    # === TURNS === #

    @api.model
    def _take_turn(self, order, token, engineers):
        """Keep others from the order and the days of the engineers until the end.

        Who comes second starts again and sees what the first has made of it: either
        the order is another one than he was shown, or the hour is taken.

        :raise UserError: when the order is not as the board was told
        """
        order.check_access("write")
        write_anew(order)
        # sudo: qifei.engineer - only locked, so that two cannot fill the same hour
        write_anew(engineers.sudo())
        order.invalidate_recordset()
        if token != order._get_board_token():
            raise UserError(self._get_conflict_sentence(order))

    @api.model
    def _get_conflict_sentence(self, order):
        user = order.write_uid.name
        if order.engineer_id and order.planned_start:
            return self.env._(
                "%(user)s was faster: %(order)s is “%(state)s” with %(engineer)s at "
                "%(time)s. Move it again if that is not right.",
                user=user,
                order=order.name,
                state=order._get_state_label(order.state),
                engineer=order.engineer_id.name,
                time=self._format(order.planned_start),
            )
        return self.env._(
            "%(user)s was faster: %(order)s is “%(state)s” and waits in the list. Move "
            "it again if that is not right.",
            user=user,
            order=order.name,
            state=order._get_state_label(order.state),
        )

    @api.model
    def _check_movable(self, order):
        """Raise for an order that has begun, is held or is pinned."""
        if order.state not in ("draft", *ORDER_MOVABLE_STATES):
            raise UserError(
                self.env._(
                    "%(order)s is “%(state)s” and stays where it is.",
                    order=order.name,
                    state=order._get_state_label(order.state),
                )
            )
        if order.is_pinned:
            raise UserError(
                self.env._(
                    "%(order)s is pinned: unpin it before you move it.",
                    order=order.name,
                )
            )

    @api.model
    def _check_way_back(self, order, engineer, start, date):
        """Hold the place an order goes back to against the rules of a move.

        :return: sentences that do not keep it from there
        :raise UserError: others have been planned there in the meantime
        """
        if not engineer or not start:
            return []
        place = self._place(order, engineer, start, date)
        if place["refusals"]:
            raise UserError(
                self.env._(
                    "The place has been taken meanwhile: %(reasons)s",
                    reasons=" ".join(place["refusals"]),
                )
            )
        return place["warnings"]

    # === STEPS === #

    @api.model
    def _get_question(self, order, engineer=None):
        """Return what to ask before an accepted order is moved, or nothing."""
        if order.state != "accepted":
            return ""
        if engineer == order.engineer_id:
            return self.env._(
                "%(engineer)s has accepted %(order)s. He is asked again whether the "
                "new time suits him.",
                engineer=engineer.name,
                order=order.name,
            )
        return self.env._(
            "%(engineer)s has accepted %(order)s. It is taken from him.",
            engineer=order.engineer_id.name,
            order=order.name,
        )

    @api.model
    def _get_present(self, order):
        """Return where an order is, for the way back."""
        return [
            order.id,
            order.engineer_id.id,
            fields.Datetime.to_string(order.planned_start),
            fields.Datetime.to_string(order.planned_end),
            order.state,
        ]

    @api.model
    def _release(self, order):
        if order.state != "draft":
            order.action_unassign()
        elif order.engineer_id:
            order.write({"engineer_id": False})

    @api.model
    def _reassign(self, order, engineer, start, end):
        """Assign an order, taken back from whoever has it now."""
        times = {"planned_start": start, "planned_end": end}
        if order.state == "assigned" and order.engineer_id == engineer:
            order.write(times)
            return
        if order.state != "draft":
            order.action_unassign()
        order.write({"engineer_id": engineer.id, **times})
        order.action_assign()

    @api.model
    def _answer(self, company, order, before, date, message, warnings=()):
        # sudo: ir.config_parameter - the secret that signs
        undo = hash_sign(
            self.sudo().env,
            UNDO_SCOPE,
            [*before, order._get_board_token()],
            expiration_hours=UNDO_HOURS,
        )
        former = [before[1]] if before[1] else []
        return {
            "message": message,
            "warnings": list(warnings),
            "undo": undo,
            "changes": self._get_changes(
                company,
                self._get_clock(company, date),
                order,
                order.ids,
                [*former, *order.engineer_id.ids],
            ),
        }

    @api.model
    def _format(self, moment):
        """Return a moment as the company reads it."""
        return format_datetime(
            self.env, moment, tz=self.env.company._get_dispatch_tz(), dt_format="short"
        )
