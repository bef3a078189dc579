from odoo import api, models

from odoo.addons.qifei_aftersales.tools.coverage import FITTED_PART


class QifeiWarrantyDecision(models.Model):
    """Adds the warranty that a part fitted earlier has of its own."""

    _inherit = "qifei.warranty.decision"

    @api.model
    def _get_further_clauses(self, lines):
        clauses = super()._get_further_clauses(lines)
        lines = lines.filtered(
            lambda line: line.kind == "part" and line.order_id.equipment_id
        )
        if not lines:
            return clauses
        families = lines.product_id._get_supersede_families()
        # sudo: qifei.equipment.part - evidence is the same, whoever writes the charge
        fitted_sudo = (
            self.env["qifei.equipment.part"]
            .sudo()
            .search(
                [
                    ("equipment_id", "in", lines.order_id.equipment_id.ids),
                    (
                        "product_id",
                        "in",
                        lines.product_id.union(*families.values()).ids,
                    ),
                    ("warranty_end", "!=", False),
                ]
            )
        )
        if not fitted_sudo:
            return clauses
        by_machine = fitted_sudo.grouped("equipment_id")
        for line in lines:
            own = [
                self._prepare_fitted_clause(fitted, families[line.product_id.id])
                for fitted in by_machine.get(line.order_id.equipment_id, ())
                if fitted._answers_for(line, families[line.product_id.id])
            ]
            if own:
                clauses[line.id] = [*clauses.get(line.id, ()), *own]
        return clauses

    @api.model
    def _prepare_fitted_clause(self, fitted, family):
        return {
            "id": 0,
            "component": FITTED_PART,
            "clause": self.env._(
                "Warranty of the part %(part)s, fitted with %(order)s",
                part=fitted.display_name,
                order=fitted.order_id.name,
            ),
            "policy_version": 0,
            "date_start": fitted.installed_on.isoformat(),
            "date_end": fitted.warranty_end.isoformat(),
            "product_ids": family.ids,
            "category_ids": [],
            "fitted_part_id": fitted.id,
        }
