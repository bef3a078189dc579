import babel.dates

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, get_lang


class QifeiDispatchRun(models.Model):
    """Shows what a plan would change, engineer by engineer."""

    _inherit = "qifei.dispatch.run"

    summary = fields.Char(compute="_compute_summary")
    proposal = fields.Html(compute="_compute_proposal", sanitize=False)

    @api.depends("planned_count", "unplaced_count")
    @api.depends_context("lang")
    def _compute_summary(self):
        for run in self:
            run.summary = self.env._(
                "%(planned)s planned, %(left)s left over",
                planned=run.planned_count,
                left=run.unplaced_count,
            )

    @api.depends("line_ids")
    @api.depends_context("lang", "tz")
    def _compute_proposal(self):
        """Show what changes, engineer by engineer."""
        for run in self:
            groups = run._get_proposal_groups()
            run.proposal = groups and self.env["ir.qweb"]._render(
                "qifei_dispatch.qifei_dispatch_run_proposal",
                {"run": run, "groups": groups, "changes": run._get_change_labels()},
            )

    def _get_change_labels(self):
        lines = self.env["qifei.dispatch.run.line"]
        return dict(lines._fields["change"]._description_selection(self.env))

    def _get_proposal_groups(self):
        """Return the lines of each engineer and day, and what he loses.

        :return: list of dicts with ``engineer``, ``day``, ``date`` in words,
            ``lines``, ``lost`` and ``summary``; orders left over come first
        """
        self.ensure_one()
        lines = self.line_ids
        left = lines.filtered(lambda line: line.change == "unplaced")
        lost = (lines - left).filtered(lambda line: line.change == "moved")
        groups = []
        for (day, engineer), mine in (
            (lines - left).grouped(lambda line: (line.day, line.engineer_id)).items()
        ):
            groups.append(self._prepare_proposal_group(engineer, day, mine))
        by_key = {(group["engineer"], group["day"]): group for group in groups}
        for line in lost:
            day = fields.Datetime.context_timestamp(self, line.old_start).date()
            key = line.old_engineer_id, day
            if key not in by_key:
                by_key[key] = self._prepare_proposal_group(*key, lines.browse())
                groups.append(by_key[key])
            by_key[key]["lost"] |= line
        groups.sort(key=lambda group: (group["day"], group["engineer"].name))
        if left:
            groups.insert(0, self._prepare_proposal_group(left.engineer_id, None, left))
        return groups

    @api.model
    def _prepare_proposal_group(self, engineer, day, lines):
        locale = babel_locale_parse(get_lang(self.env).code)
        return {
            "engineer": engineer,
            "day": day,
            "date": day and babel.dates.format_skeleton("MMMEd", day, locale=locale),
            "lines": lines.sorted("planned_start") if day else lines,
            "lost": lines.browse(),
            "summary": self.env._(
                "%(count)s orders, %(minutes)s minutes of travel",
                count=len(lines),
                minutes=round(sum(lines.mapped("travel_minutes"))),
            ),
        }
