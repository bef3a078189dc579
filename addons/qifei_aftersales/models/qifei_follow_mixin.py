from odoo import api, models


class TrackingNotes(list):
    """Notes of changed values that wait to be stored together.

    It travels in the context, where a client cannot put an instance of this class.
    """


class QifeiFollowMixin(models.AbstractModel):
    """Keeps the chatter of many documents at the price of one.

    Core subscribes the responsible users of new documents, and stores the notes of
    changed values, record by record with several queries each. Here both are done in
    one go. Later changes of the responsible user follow core and notify him.
    """

    _name = "qifei.follow.mixin"
    _description = "Chatter in batch"
    _inherit = ["mail.thread"]

    # === FOLLOWERS === #

    @api.model_create_multi
    def create(self, vals_list):
        # The note of the creation names the kind of document and nothing else of it.
        self.env["ir.model"]._get(self._name).fetch(["name"])
        records = super(
            QifeiFollowMixin,
            self.with_context(
                mail_create_nosubscribe=True, qifei_aftersales_follow_later=True
            ),
        ).create(vals_list)
        records = records.with_env(self.env)
        records._follow_responsible()
        return records

    def _message_auto_subscribe(self, updated_values, *args, **kwargs):
        if self.env.context.get("qifei_aftersales_follow_later"):
            return True
        return super()._message_auto_subscribe(updated_values, *args, **kwargs)

    def _follow_responsible(self):
        for user, records in self.grouped("user_id").items():
            if user.active:
                # sudo: mail.followers - following is granted by the assignment
                self.env["mail.followers"].sudo()._insert_followers(
                    self._name,
                    records.ids,
                    user.partner_id.ids,
                    customer_ids=[],
                    check_existing=False,
                )

    # === NOTES === #

    def _message_log_batch(self, bodies, **kwargs):
        """Read of the author no more than the note tells of him.

        Left alone, the first field of a user, a partner and a company brings along all
        the others: half the cost of a note.
        """
        user = self.env.user
        user.fetch(["partner_id", "company_id"])
        user.partner_id.fetch(["name", "email"])
        self.env.company.fetch(["alias_domain_id"])
        return super()._message_log_batch(bodies, **kwargs)

    def _message_track(self, fields_iter, initial_values_dict):
        notes = TrackingNotes()
        collecting = self.with_context(qifei_aftersales_notes=notes)
        tracking = super(QifeiFollowMixin, collecting)._message_track(
            fields_iter, initial_values_dict
        )
        self._store_tracking_notes(notes)
        return tracking

    def _message_log(self, *, tracking_value_ids=False, author_id=None, **kwargs):
        notes = self.env.context.get("qifei_aftersales_notes")
        if not isinstance(notes, TrackingNotes) or not tracking_value_ids:
            return super()._message_log(
                tracking_value_ids=tracking_value_ids, author_id=author_id, **kwargs
            )
        notes.append((author_id, self.id, kwargs.get("body", ""), tracking_value_ids))
        return self.env["mail.message"]

    def _store_tracking_notes(self, notes):
        """Store one message for each note, and all their values, in few queries."""
        by_author = {}
        for author_id, record_id, body, commands in notes:
            by_author.setdefault(author_id, []).append((record_id, body, commands))
        values_list = []
        for author_id, group in by_author.items():
            messages = self.browse(
                record_id for record_id, _body, _commands in group
            )._message_log_batch(
                {record_id: body for record_id, body, _commands in group},
                author_id=author_id,
            )
            for message, (_record_id, _body, commands) in zip(
                messages, group, strict=True
            ):
                values_list += [
                    {**values, "mail_message_id": message.id}
                    for _command, _id, values in commands
                ]
        # sudo: mail.tracking.value - core stores them with superuser rights, too
        self.env["mail.tracking.value"].sudo().create(values_list)
