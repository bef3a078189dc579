from odoo import api, models


class QifeiDispatchReason(models.AbstractModel):
    """Says in words what the engine answers in keys."""

    _name = "qifei.dispatch.reason"
    _description = "Reasons of planning"

    @api.model
    def _say(self, reason):
        """Return the sentences of a reason.

        :param reason: what an order or a line of a plan keeps, or nothing
        :return: list of translated sentences, empty without a reason
        """
        if not reason:
            return []
        keys = reason.get("keys", []) if isinstance(reason, dict) else reason
        return [str(key) for key in keys]
