from odoo import fields, models


class QifeiDispatchRunProgress(models.Model):
    """How far the engine is with a plan.

    Kept apart from the plan: whoever cancels the plan and the job that reports its
    progress do not get into each other's way.
    """

    _name = "qifei.dispatch.run.progress"
    _description = "Progress of a plan"

    run_id = fields.Many2one(
        "qifei.dispatch.run", required=True, ondelete="cascade", index=True
    )
    percent = fields.Float()

    _run_uniq = models.UniqueIndex("(run_id)", "A plan has one progress.")
