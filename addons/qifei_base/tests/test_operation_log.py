from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import QifeiCase


@tagged("post_install", "-at_install")
class TestOperationLog(QifeiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.areas = cls.env["qifei.service.area"].with_user(cls.manager)
        cls.env.cr.precommit.run()

    def _get_logs(self, records=None, **extra):
        """Store what waits, as the end of a transaction does, and return it."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        domain = [("log_type", "=", "changes")]
        if records is not None:
            domain += [
                ("model_model", "=", records._name),
                ("res_id", "in", records.ids),
            ]
        domain += [(name, "=", value) for name, value in extra.items()]
        return self.env["auditlog.log"].search(domain, order="id")

    def test_creation_change_and_deletion_are_logged(self):
        area = self.areas.create({"name": "North", "code": "N"})
        log = self._get_logs(area)
        self.assertEqual((log.method, log.name), ("create", "North"))
        self.assertEqual((log.user_id, log.operation), (self.manager, "create"))
        self.assertFalse(log.line_ids)

        area.write({"name": "South", "code": "N"})
        log = self._get_logs(area)[-1]
        self.assertEqual(log.method, "write")
        line = log.line_ids
        self.assertEqual(line.field_name, "name")
        self.assertEqual((line.old_value_text, line.new_value_text), ("North", "South"))
        self.assertEqual(log.summary, "Name: North → South")

        area_id = area.id
        area.unlink()
        log = self._get_logs(res_id=area_id, method="unlink")
        self.assertEqual(log.name, "South")

    def test_what_the_database_deleted_keeps_no_other_entry_back(self):
        gone, kept = self.areas.create([{"name": "Gone"}, {"name": "Kept"}])
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM qifei_service_area WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        self.assertEqual(self._get_logs(gone | kept).res_id, kept.id)

    def test_values_read_like_on_the_screen(self):
        country, other = self.env.ref("base.cn"), self.env.ref("base.fr")
        states = country.state_ids[:2]
        area = self.areas.create({"name": "A", "country_id": country.id})
        self._get_logs()
        area.write({"state_ids": states.ids, "active": False})
        area.write({"state_ids": False, "country_id": other.id})
        texts = {
            line.field_name: (line.old_value_text, line.new_value_text)
            for line in self._get_logs(area)[-1].line_ids
        }
        self.assertEqual(texts["country_id"], ("China", "France"))
        self.assertEqual(texts["active"], ("Yes", "No"))
        self.assertNotIn("state_ids", texts)

    def test_state_is_logged_by_its_label_once(self):
        announcement = (
            self.env["qifei.announcement"]
            .with_user(self.manager)
            .create({"name": "Notice", "body": "<p>Old</p>"})
        )
        self._get_logs()
        announcement.write({"state": "published", "body": "<p>New <b>text</b></p>"})
        log = self._get_logs(announcement)[-1]
        texts = {
            line.field_name: (line.old_value_text, line.new_value_text)
            for line in log.line_ids
        }
        self.assertEqual(texts["state"], ("Draft", "Published"))
        self.assertEqual(texts["body"], ("Old", "New *text*"))
        self.assertEqual(len(self._get_logs(announcement)), 2)

    def test_change_and_back_leaves_no_entry(self):
        area = self.areas.create({"name": "North"})
        self._get_logs()
        area.name = "South"
        area.name = "North"
        self.assertEqual(self._get_logs(area).mapped("method"), ["create"])

    def test_refused_operation_leaves_no_entry(self):
        area = self.areas.create({"name": "North"})
        self._get_logs()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            area.name = "South"
            raise ZeroDivisionError
        self.assertEqual(self._get_logs(area).mapped("method"), ["create"])

    def test_created_and_deleted_at_once_leaves_no_entry(self):
        area = self.areas.create({"name": "Short"})
        area_id = area.id
        area.unlink()
        self.assertFalse(self._get_logs(res_id=area_id, model_model=area._name))

    def test_each_user_has_his_own_entry(self):
        area = self.areas.create({"name": "North"})
        self._get_logs()
        area.code = "A"
        area.with_user(self.users["admin"]).zip_prefixes = "1"
        logs = self._get_logs(area)[1:]
        self.assertEqual(
            {log.user_id: log.line_ids.field_name for log in logs},
            {self.manager: "code", self.users["admin"]: "zip_prefixes"},
        )

    def test_export_is_logged(self):
        area = self.areas.create({"name": "North"})
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        area.export_data(["name"])
        log = self._get_logs(method="export_data")[-1]
        self.assertEqual(log.operation, "export_data")

    def test_nobody_edits_the_log(self):
        area = self.areas.create({"name": "North"})
        log = self._get_logs(area)
        system = self.env.ref("base.user_admin")
        self.assertTrue(log.with_user(system).has_access("write"))
        for user in (system, self.manager):
            as_user = log.with_user(user)
            for operation in (
                lambda log=as_user: log.write({"name": "Forged"}),
                lambda log=as_user: log.unlink(),
                lambda log=as_user: log.copy(),
                lambda log=as_user: log.create(
                    {"model_id": log.model_id.id, "log_type": "changes"}
                ),
                lambda log=as_user: log.line_ids.create(
                    {
                        "log_id": log.id,
                        "field_id": self.env["ir.model.fields"]
                        ._get(area._name, "name")
                        .id,
                    }
                ),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    operation()
        self.assertEqual(log.name, "North")

    def test_managers_read_their_companies_only(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = (
            self.env["qifei.service.area"]
            .sudo()
            .create({"name": "Foreign", "company_id": company.id})
        )
        own = self.areas.create({"name": "Own", "company_id": self.env.company.id})
        shared = self.areas.create({"name": "Shared"})
        self._get_logs()
        visible = self.env["auditlog.log"].with_user(self.manager).search([])
        self.assertEqual(set(visible.mapped("log_type")), {"changes"})
        names = visible.filtered(
            lambda log: (
                log.res_id in (foreign | own | shared).ids
                and log.model_model == "qifei.service.area"
            )
        ).mapped("name")
        self.assertEqual(set(names), {"Own", "Shared"})

    def test_document_opens_from_the_log(self):
        area = self.areas.create({"name": "North"})
        log = self._get_logs(area).with_user(self.manager)
        action = log.action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), (area._name, area.id))
        area.unlink()
        with self.assertRaisesRegex(UserError, "has been deleted"):
            log.action_open_document()

    def test_logging_many_is_flat(self):
        areas = self.areas.create([{"name": f"Area {n}"} for n in range(20)])
        self.assertFlatQueries(
            lambda records: records.write({"code": False, "zip_prefixes": "1"}),
            areas[:1],
            areas,
        )
        self.assertFlatQueries(
            lambda count: self.areas.create([{"name": f"A{n}"} for n in range(count)]),
            1,
            20,
        )
        self._get_logs()
        areas.write({"zip_prefixes": "2"})
        logs = self._get_logs(areas).filtered("line_ids").with_user(self.manager)
        self.assertEqual(len(logs), 20)
        self.assertFlatQueries(
            lambda records: records.mapped("summary"), logs[:1], logs
        )

    def test_documents_of_the_addon_are_watched(self):
        watched = (
            self.env["auditlog.rule"]
            .search([("log_type", "=", "changes"), ("state", "=", "confirmed")])
            .mapped("model_model")
        )
        self.assertLessEqual({"qifei.announcement", "qifei.service.area"}, {*watched})

    def test_watching_twice_adds_no_rule(self):
        rules = self.env["auditlog.rule"]
        count = rules.search_count([])
        rules._qifei_watch("qifei_base", ["qifei.service.area"])
        self.assertEqual(rules.search_count([]), count)
