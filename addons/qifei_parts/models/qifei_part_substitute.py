from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.substitutes import Substitute, SubstituteGraph


class QifeiPartSubstitute(models.Model):
    """Says which part may be fitted instead of another, one way.

    A substitute that supersedes replaces the old number for good: the old one is not
    bought any more. Managers keep the lines, everybody in the company reads them.
    """

    _name = "qifei.part.substitute"
    _description = "Substitute of a part"
    _inherit = ["qifei.part.relation.mixin"]
    _order = "product_id, supersedes desc, rank, id"

    substitute_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("qifei_is_part", "=", True)],
    )
    rank = fields.Integer(default=10, help="The lowest comes first.")
    supersedes = fields.Boolean(
        string="Replaces the number",
        help="The old number is given up; what it was wanted for takes this one.",
    )
    note = fields.Char()

    _substitute_uniq = models.UniqueIndex(
        "(product_id, substitute_id)", "This substitute is named already."
    )
    _supersedes_uniq = models.UniqueIndex(
        "(product_id) WHERE supersedes", "One number replaces a part, not two."
    )
    _no_self = models.Constraint(
        "CHECK(product_id != substitute_id)",
        "A part is no substitute of itself.",
    )

    @api.depends("substitute_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.substitute_id.display_name

    @api.constrains("product_id", "substitute_id", "supersedes")
    def _check_no_circle(self):
        replacing = self.filtered("supersedes")
        graph = self._get_graph(replacing.product_id)
        for line in replacing:
            if line.product_id.id in graph.get_chain(line.substitute_id.id):
                raise ValidationError(
                    self.env._(
                        "%(part)s cannot be replaced by %(substitute)s, which it "
                        "replaces itself.",
                        part=line.product_id.display_name,
                        substitute=line.substitute_id.display_name,
                    )
                )

    @api.model
    def _get_graph(self, products):
        """Return these parts with all that may be fitted instead of them.

        Takes as many queries as the longest chain of replaced numbers has links.
        """
        graph = SubstituteGraph()
        wanted = set(products.ids)
        while wanted:
            found = {part: [] for part in wanted}
            # sudo: qifei.part.substitute - the catalogue, asked for portal users too
            for line in self.sudo().search([("product_id", "in", list(wanted))]):
                found[line.product_id.id].append(
                    (not line.supersedes, line.rank, line.id, line)
                )
            wanted = set()
            for part, lines in found.items():
                substitutes = [
                    Substitute(line.substitute_id.id, line.supersedes)
                    for *_key, line in sorted(lines, key=lambda item: item[:3])
                ]
                graph.add(part, substitutes)
                wanted.update(substitute.part for substitute in substitutes)
            wanted = {part for part in wanted if not graph.knows(part)}
        return graph
