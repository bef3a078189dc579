from odoo.tests import HttpCase, tagged

from ..tools.dates import get_day_pattern


@tagged("post_install", "-at_install")
class TestTranslations(HttpCase):
    def test_script_of_the_booking_form_speaks_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        answer = self.url_open("/website/translations?lang=zh_CN").json()
        messages = {
            message["id"]: message["string"]
            for message in answer["modules"]["qifei_portal"]["messages"]
        }
        self.assertEqual(messages["Choose what we can do for you."], "请选择服务类型。")

    def test_days_are_written_as_the_language_writes_them(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertEqual(get_day_pattern(self.env(context={"lang": "en_US"})), "MMM d")
        chinese = self.env(context={"lang": "zh_CN"})
        self.assertEqual(get_day_pattern(chinese, "MMMEd"), "M月d日E")
