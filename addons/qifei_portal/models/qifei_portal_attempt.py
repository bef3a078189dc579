from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

from ..const import ATTEMPT_LIMITS


class QifeiPortalAttempt(models.Model):
    """Counts how often one visitor, phone or number was tried in a span of time.

    The public pages ask ``_allow`` before they answer, so that neither a flood of
    bookings nor a walk through all last-four-digits pays. Only a keyed hash of the
    subject is stored: the table names no visitor. No role reads or writes it.
    """

    _name = "qifei.portal.attempt"
    _description = "Counted attempt on a public page"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True)
    window_start = fields.Datetime(required=True, index=True)
    hits = fields.Integer(required=True)

    _key_window_uniq = models.UniqueIndex("(key, window_start)")

    @api.model
    def _allow(self, scope, subject):
        """Count one attempt.

        The row is taken by one statement, so that simultaneous requests in several
        processes are all counted.

        :param scope: a key of ``ATTEMPT_LIMITS``
        :param subject: what is limited: an address, a phone, a document number
        :return: True while the subject is within its limit
        """
        limit, seconds = ATTEMPT_LIMITS[scope]
        now = int(fields.Datetime.now().timestamp())
        start = datetime.fromtimestamp(now - now % seconds)
        # sudo: ir.config_parameter - hmac reads the database secret
        key = hmac(self.sudo().env, f"qifei_portal.{scope}", subject)
        [(hits,)] = self.env.execute_query(
            SQL(
                "INSERT INTO qifei_portal_attempt (key, window_start, hits)"
                " VALUES (%s, %s, 1) ON CONFLICT (key, window_start)"
                " DO UPDATE SET hits = qifei_portal_attempt.hits + 1 RETURNING hits",
                key,
                start,
            )
        )
        return hits <= limit

    @api.autovacuum
    def _gc_attempts(self):
        """Forget the windows that no limit looks at any more."""
        longest = max(seconds for _limit, seconds in ATTEMPT_LIMITS.values())
        oldest = fields.Datetime.now() - timedelta(seconds=longest)
        self.env.cr.execute(
            SQL("DELETE FROM qifei_portal_attempt WHERE window_start < %s", oldest)
        )
