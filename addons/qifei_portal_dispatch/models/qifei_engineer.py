import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class QifeiEngineer(models.Model):
    """Offers only those times at which a visit fits into somebody's day."""

    _inherit = "qifei.engineer"

    @api.model
    def _get_booking_days(self, company):
        return company.dispatch_slot_days

    @api.model
    def _get_booking_windows(self, company, order=None):
        """Leave in each time only who can really come, and say why a time is closed.

        When planning has no answer, the working hours alone count, as without it.
        """
        windows, engineers = super()._get_booking_windows(company, order)
        if order is None or not windows or not engineers:
            return windows, engineers
        try:
            promises = order._find_promises(
                [window.get_utc() for window in windows], engineers
            )
        except Exception:
            _logger.exception("No plan to offer times from: working hours only")
            return windows, engineers
        return [
            window._replace(
                engineer_ids=promise.engineer_ids,
                reason=""
                if promise.engineer_ids
                else self._get_closed_reason(promise.reasons),
            )
            for window, promise in zip(windows, promises, strict=True)
        ], engineers

    @api.model
    def _get_closed_reason(self, reasons):
        """Return why nobody can come, in words for a customer.

        :param reasons: for each rule how many engineers it keeps away
        """
        words = {
            "skill": self.env._("nobody with the know-how"),
            "tool": self.env._("no tool at hand"),
            "part": self.env._("no part at hand"),
            "area": self.env._("nobody in your area"),
            "shift": self.env._("nobody at work"),
        }
        keys = [key for key, count in reasons.items() if count]
        # Whom only his other visits keep away says most: the time is taken.
        if not keys or any(key not in words for key in keys):
            return self.env._("fully booked")
        return words[max(keys, key=lambda key: (reasons[key], key))]
