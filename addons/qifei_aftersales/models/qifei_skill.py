from odoo import api, fields, models


class QifeiSkill(models.Model):
    """What an engineer is trained for, such as "refrigeration circuit"."""

    _name = "qifei.skill"
    _description = "Engineer skill"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: self._default_color())
    active = fields.Boolean(default=True)
    engineer_ids = fields.Many2many(
        comodel_name="qifei.engineer",
        relation="qifei_engineer_skill_rel",
        column1="skill_id",
        column2="engineer_id",
        string="Engineers",
    )
    engineer_count = fields.Integer(
        string="Number of engineers", compute="_compute_engineer_count"
    )

    # The column holds all languages: compared as a whole, a translation would make a
    # second skill of the same name possible.
    _name_uniq = models.UniqueIndex(
        "((name->>'en_US'))", "There is already a skill of this name."
    )

    def _default_color(self):
        return self.search_count([]) % 11 + 1

    @api.depends("engineer_ids")
    def _compute_engineer_count(self):
        counts = dict(
            self.env["qifei.engineer"]._read_group(
                [("skill_ids", "in", self.ids)], ["skill_ids"], ["__count"]
            )
        )
        for skill in self:
            skill.engineer_count = counts.get(skill, 0)
