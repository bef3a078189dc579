from odoo import fields, models


class QifeiAnnouncementReceipt(models.Model):
    """Says that a user has read an announcement: one row per reader, never edited."""

    _name = "qifei.announcement.receipt"
    _description = "Read receipt"
    _order = "read_on desc, id desc"
    _rec_name = "user_id"

    announcement_id = fields.Many2one(
        "qifei.announcement",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reader",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    read_on = fields.Datetime(required=True, readonly=True)

    _reader_uniq = models.Constraint(
        "unique(announcement_id, user_id)",
        "This person has a receipt for this announcement already.",
    )
