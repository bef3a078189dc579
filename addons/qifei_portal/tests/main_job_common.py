from odoo.fields import Command
from odoo.tests import new_test_user


class MainJobMixin:
    """Six people of the main job: visitor/customer, agent, dispatcher, engineer,
    manager with accounting; and what the company offers."""

    @classmethod
    def set_up_main_job(cls):
        company = cls.env["website"].search([], limit=1).company_id
        cls.company = company
        cls.agent = cls.create_user("agent")
        cls.dispatcher = cls.create_user("dispatcher")
        cls.engineer_user = cls.create_user("engineer")
        cls.manager = cls.create_user("manager", "account.group_account_invoice")
        cls.customer_user = new_test_user(
            cls.env,
            login="main_customer",
            name="Dora Customer",
            groups="base.group_portal",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        cls.customer = cls.customer_user.partner_id
        cls.customer.write(
            {
                "phone": "+86 138 0013 8222",
                "country_id": cls.env.ref("base.cn").id,
                "company_id": company.id,
                "email": "dora@home.example",
            }
        )
        cls.category = cls.env["product.category"].create(
            {"name": "Test machines", "is_after_sales": True}
        )
        cls.coolers = cls.env["product.category"].create(
            {"name": "Test coolers", "parent_id": cls.category.id}
        )
        cls.ovens = cls.env["product.category"].create(
            {"name": "Test ovens", "parent_id": cls.category.id}
        )
        cls.symptom = cls.env["qifei.fault.symptom"].create(
            {"name": "Hums loudly", "category_ids": [Command.set(cls.coolers.ids)]}
        )
        cls.env["qifei.fault.symptom"].create(
            {"name": "Only ovens", "category_ids": [Command.set(cls.ovens.ids)]}
        )
        cls.visit_type = cls.env["qifei.ticket.type"].create(
            {"name": "Test visit", "code": "test_visit", "sequence": 0}
        )
        colleagues = cls.env["qifei.engineer"].search([("company_id", "=", company.id)])
        zone = colleagues._get_service_zone(company)
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Every day",
                "tz": zone,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 7,
                                "hour_to": 22,
                                "day_period": "morning",
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        cls.engineer = cls.env["qifei.engineer"].create(
            {
                "name": "Edith Miller",
                "resource_calendar_id": calendar.id,
                "tz": zone,
                "user_id": cls.engineer_user.id,
                "phone": "+86 139 0013 9000",
                "company_id": company.id,
                "area_ids": [Command.set(cls.env["qifei.service.area"].search([]).ids)],
            }
        )
        cls.labour = cls.env["product.product"].create(
            {
                "name": "A test repair",
                "type": "service",
                "list_price": 250,
                "qifei_kind": "labour",
                "taxes_id": [Command.clear()],
                "is_favorite": True,
            }
        )

    @classmethod
    def create_user(cls, role, *groups):
        return new_test_user(
            cls.env,
            login=f"main_{role}",
            name=f"Main {role}",
            groups=",".join(("base.group_user", f"qifei_base.group_{role}", *groups)),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def check_service_sheet(self, order):
        """The sheet shows diagnosis, amount in words in both languages, signature."""
        report = self.env["ir.actions.report"]
        self.env["res.lang"]._activate_lang("zh_CN")
        words = {"en_US": "two hundred", "zh_CN": "贰佰伍拾"}
        for lang, word in words.items():
            order.partner_id.lang = lang
            html, _kind = report.with_context(lang=lang)._render_qweb_html(
                "qifei_aftersales.report_service_sheet", order.ids
            )
            text = html.decode()
            self.assertIn("The fan bearing was worn", text)
            self.assertIn(word, text.lower())
            self.assertIn(order.signed_by, text)
            self.assertRegex(text, r'<img[^>]+src="data:image/png;base64,')
