"""Make Simplified Chinese the second language of a database (run in Odoo's shell)."""

wizard = env["base.language.install"].create(
    {"lang_ids": env.ref("base.lang_zh_CN").ids, "overwrite": True}
)
if "website_ids" in wizard._fields:
    wizard.website_ids = env["website"].search([])
wizard.lang_install()
env.cr.commit()
