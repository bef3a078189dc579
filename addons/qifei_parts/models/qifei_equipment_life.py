from odoo import fields, models

from odoo.addons.qifei_aftersales.models.qifei_history_mixin import HistorySource


class QifeiEquipment(models.Model):
    """What was fitted into the machine, and when it came out again."""

    _inherit = "qifei.equipment"

    part_ids = fields.One2many(
        "qifei.equipment.part",
        "equipment_id",
        string="Fitted parts",
        readonly=True,
        groups="base.group_user",
    )

    def _get_history_sources(self):
        sources = super()._get_history_sources()
        if self.env["qifei.equipment.part"].has_access("read"):
            sources += [self._get_fitted_source(), self._get_removed_source()]
        return sources

    def _get_fitted_source(self):
        return HistorySource(
            kind="part",
            label=self.env._("Part"),
            icon="fa-cog",
            model="qifei.equipment.part",
            domain=[("equipment_id", "=", self.id), ("installed_on", "!=", False)],
            date_field="installed_on",
            prepare=self._prepare_fitted_event,
        )

    def _get_removed_source(self):
        return HistorySource(
            kind="part",
            label=self.env._("Part"),
            icon="fa-cog",
            model="qifei.equipment.part",
            domain=[("equipment_id", "=", self.id), ("removed_on", "!=", False)],
            date_field="removed_on",
            prepare=self._prepare_removed_event,
        )

    def _prepare_fitted_event(self, part):
        return {
            "title": self.env._("Fitted: %(part)s", part=part.display_name),
            "subtitle": part.order_id.name or "",
            "badge": (
                self.env._("Warranty until %(day)s", day=fields.Date.to_string(end))
                if (end := part.warranty_end)
                else ""
            ),
            "badge_color": (
                "success"
                if end and end >= fields.Date.context_today(self)
                else "secondary"
            ),
        }

    def _prepare_removed_event(self, part):
        return {
            "title": self.env._("Taken out: %(part)s", part=part.display_name),
            "subtitle": part.removed_order_id.name or "",
        }
