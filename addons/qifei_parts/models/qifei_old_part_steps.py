from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_base.tools.texts import clean_text, parse_id


class QifeiOldPart(models.Model):
    """The steps of an old part, from the holder's hands to its end."""

    _inherit = "qifei.old.part"

    # === ACTIONS === #

    def action_return(self):
        """The holder sends or brings the pieces; one transfer for each holder."""
        self._claim_step("return")
        # sudo: qifei.old.part - the state is written after the check of role and access
        parts_sudo = self.sudo()
        parts_sudo._move_to_transit()
        parts_sudo._apply_transition("return", {"returned_on": fields.Datetime.now()})
        return True

    def action_reject(self):
        """The pieces were not in the parcel: the holder owes them as before."""
        self._claim_step("reject")
        self._move_back_to_holder()
        self._apply_transition("reject", {"returned_on": False})
        return True

    def action_receive(self):
        """Take the pieces into the defective location; one transfer for each holder."""
        self._claim_step("receive")
        self._move_to_defective()
        self._apply_transition("receive", {"received_on": fields.Datetime.now()})
        return True

    def action_hand_in(self):
        """Take the pieces over the counter: what is still owed is returned first."""
        self.filtered(lambda part: part.state == "owed").action_return()
        return self.action_receive()

    def action_inspect(self, disposition=None, note=None, photos=None, vendor=None):
        """Decide how the pieces end; until they are settled the decision may change.

        :param disposition: key of ``disposition``; the present one when left out
        :param note: what was found
        :param photos: ir.attachment records or ids, added to those of the piece
        :param vendor: res.partner or id for ``supplier``; the part's first vendor when
            left out
        """
        photos = self._read_records("ir.attachment", photos)
        vendor = self._read_records("res.partner", vendor)[:1]
        self._claim_step("inspect")
        self._decide(disposition, vendor)
        values = {
            "inspected_on": fields.Datetime.now(),
            "inspected_by_id": self.env.uid,
        }
        if note is not None:
            values["inspection_note"] = clean_text(note)
        self._apply_transition("inspect", values)
        self._add_photos(photos)
        self._start_repairs()
        return True

    def _read_records(self, model_name, value):
        """Return records that a call from outside can name by their ids only."""
        model = self.env[model_name]
        if isinstance(value, type(model)):
            return value
        ids = value or ()
        if isinstance(ids, (int, str)):
            ids = [ids]
        if not isinstance(ids, (list, tuple)) or not all(map(parse_id, ids)):
            raise UserError(
                self.env._(
                    "Name %(records)s by their numbers in the database.",
                    records=model._description,
                )
            )
        records = model.browse(map(parse_id, ids)).exists()
        records.check_access("read")
        return records

    def action_settle(self):
        """Carry the decisions out: scrap, send to the supplier, or put into stock."""
        self._claim_step("settle")
        self._carry_out()
        self._apply_transition("settle", {"settled_on": fields.Datetime.now()})
        return True

    def action_waive(self, reason=None):
        """Give the pieces up; what the holder still has or was lost is written off."""
        self._claim_step("waive")
        reason = clean_text(reason)
        if not reason:
            raise UserError(
                self.env._(
                    "Say why %(parts)s need not come back.",
                    parts=", ".join(self.mapped("name")),
                )
            )
        self._write_off()
        self._apply_transition(
            "waive", {"waive_reason": reason, "settled_on": fields.Datetime.now()}
        )
        return True

    # === SCREENS === #

    def action_open_inspect(self):
        """Ask what was found."""
        self._check_transition("inspect")
        return self._open_wizard(
            "qifei.old.part.inspect",
            self.env._("Inspect old parts"),
            {
                "default_disposition": (self.disposition if len(self) == 1 else False),
                "default_note": self.inspection_note if len(self) == 1 else False,
            },
        )

    def action_open_waive(self):
        """Ask why the pieces need not come back."""
        self._check_transition("waive")
        return self._open_wizard(
            "qifei.old.part.waive", self.env._("Waive old parts"), {}
        )

    def _open_wizard(self, model_name, title, context):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model_name,
            "views": [(False, "form")],
            "target": "new",
            "context": {**context, "default_old_part_ids": self.ids},
        }

    def action_view_repair(self):
        self.ensure_one()
        return self.repair_id._get_records_action()

    def action_view_moves(self):
        """Open the moves of the pieces, one for each step."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "stock.stock_move_line_action"
            ),
            "domain": [("move_id.qifei_old_part_id", "in", self.ids)],
            "context": {"create": False},
        }

    def _claim_step(self, action):
        """Check role, access and state of a step, then keep others out of it."""
        self.check_access("write")
        self._check_transition(action)
        # sudo: qifei.old.part - a lock writes nothing that the user could not
        self.sudo()._claim()
        self.invalidate_recordset(["state"])
        self._check_transition(action)
