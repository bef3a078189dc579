"""Generate the asset bundles of a database (run in Odoo's shell)."""

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
