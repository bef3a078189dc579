from odoo import api, models


class QifeiFollowMixin(models.AbstractModel):
    """Subscribes the responsible users of new documents in one go.

    Core subscribes them record by record, with several queries each. Later changes of
    the responsible user follow core and notify him.
    """

    _name = "qifei.follow.mixin"
    _description = "Followed from creation, in batch"
    _inherit = ["mail.thread"]

    @api.model_create_multi
    def create(self, vals_list):
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
