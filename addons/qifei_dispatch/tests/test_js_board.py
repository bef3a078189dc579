from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestJavaScript(HttpCase):
    """Runs the unit tests of this addon's web client code in a browser."""

    def test_hoot(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            "&filter=%40qifei_dispatch",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
