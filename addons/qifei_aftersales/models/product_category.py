from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    def _get_path_ids(self):
        """Return the ids from the root category down to this one; empty for none."""
        return [int(part) for part in (self.parent_path or "").split("/") if part]
