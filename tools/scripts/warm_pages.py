"""Generate the asset bundles that pages use (run in Odoo's shell)."""

scripts, styles = env["ir.qweb"]._get_bundles_to_pregenarate()
for bundle in sorted(scripts | styles):
    if "test" not in bundle:
        assets = env["ir.qweb"]._get_asset_bundle(
            bundle, js=bundle in scripts, css=bundle in styles
        )
        if bundle in scripts:
            assets.js()
        if bundle in styles:
            assets.css()
env.cr.commit()
