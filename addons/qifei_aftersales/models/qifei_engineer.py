from odoo import api, fields, models
from odoo.exceptions import ValidationError


class QifeiEngineer(models.Model):
    """Somebody who is sent to customers: an employee, or one of a service point.

    Working hours and absences are those of the resource. An engineer who is an employee
    shares the resource of the employee, so an approved leave blocks planning by itself;
    an outside engineer has a resource of his own.

    Dispatchers and managers keep the register, agents read it, an engineer reads all
    colleagues and writes nothing of it.
    """

    _name = "qifei.engineer"
    _description = "Engineer"
    _inherit = [
        "qifei.guard.mixin",
        "resource.mixin",
        "mail.thread",
        "rating.parent.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True
    _rating_satisfaction_days = 90

    # === IDENTITY === #
    name = fields.Char(
        related="resource_id.name", store=True, readonly=False, tracking=True
    )
    active = fields.Boolean(
        related="resource_id.active", default=True, store=True, readonly=False
    )
    resource_id = fields.Many2one(ondelete="restrict")
    employee_id = fields.Many2one(
        comodel_name="hr.employee",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The engineer works and is absent as this employee does.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_user_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
        help="With a login the engineer sees the orders assigned to him on his phone.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    phone = fields.Char(
        compute="_compute_phone",
        store=True,
        precompute=True,
        readonly=False,
        help="Shown to the customer together with the name once an order is assigned.",
    )
    service_point_id = fields.Many2one(
        string="Service point",
        comodel_name="res.partner",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("qifei_is_service_partner", "=", True)],
        help="Service partner the engineer belongs to; empty for own staff.",
    )
    image_128 = fields.Image(related="partner_id.image_128")

    # === PLANNING === #
    skill_ids = fields.Many2many(
        comodel_name="qifei.skill",
        relation="qifei_engineer_skill_rel",
        column1="engineer_id",
        column2="skill_id",
        string="Skills",
    )
    area_ids = fields.Many2many(
        comodel_name="qifei.service.area",
        relation="qifei_engineer_area_rel",
        column1="engineer_id",
        column2="area_id",
        string="Service areas",
    )
    start_latitude = fields.Float(
        string="Latitude of the start",
        digits=(10, 7),
        help="Where the working day begins, for distances.",
    )
    start_longitude = fields.Float(string="Longitude of the start", digits=(10, 7))

    # === CONSTRAINTS === #
    _user_uniq = models.UniqueIndex(
        "(user_id, company_id) WHERE user_id IS NOT NULL",
        "This user is an engineer of the company already.",
    )
    _employee_uniq = models.UniqueIndex(
        "(employee_id) WHERE employee_id IS NOT NULL",
        "This employee is an engineer already.",
    )
    _start_latitude_range = models.Constraint(
        "CHECK(start_latitude BETWEEN -90 AND 90)",
        "A latitude lies between -90 and 90 degrees.",
    )
    _start_longitude_range = models.Constraint(
        "CHECK(start_longitude BETWEEN -180 AND 180)",
        "A longitude lies between -180 and 180 degrees.",
    )

    # === COMPUTES === #

    @api.depends("employee_id")
    def _compute_user_id(self):
        for engineer in self:
            engineer.user_id = engineer.employee_id.user_id or engineer.user_id

    @api.depends("employee_id", "user_id")
    def _compute_partner_id(self):
        for engineer in self:
            # sudo: hr.employee - the work contact is no private data of the employee
            employee_sudo = engineer.employee_id.sudo()
            engineer.partner_id = (
                engineer.user_id.partner_id
                or employee_sudo.work_contact_id
                or engineer.partner_id
            )

    @api.depends("employee_id", "partner_id.phone")
    def _compute_phone(self):
        for engineer in self:
            # sudo: hr.employee - the work phone is no private data of the employee
            employee_sudo = engineer.employee_id.sudo()
            engineer.phone = (
                engineer.phone
                or employee_sudo.mobile_phone
                or employee_sudo.work_phone
                or engineer.partner_id.phone
            )

    # === CHECKS === #

    @api.constrains("employee_id", "resource_id")
    def _check_resource(self):
        for engineer in self:
            if (
                engineer.employee_id
                and engineer.employee_id.resource_id != engineer.resource_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(engineer)s must keep the working hours of the employee "
                        "%(employee)s.",
                        engineer=engineer.name,
                        employee=engineer.employee_id.name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        employees = self.env["hr.employee"].browse(
            [vals["employee_id"] for vals in vals_list if vals.get("employee_id")]
        )
        resources = {employee.id: employee.resource_id for employee in employees}
        for vals in vals_list:
            if vals.get("employee_id"):
                # Written out, or the defaults of an engineer would be written to the
                # resource and with it to the employee.
                resource = resources[vals["employee_id"]]
                vals.update(
                    resource_id=resource.id,
                    name=resource.name,
                    active=resource.active,
                    company_id=resource.company_id.id,
                    resource_calendar_id=resource.calendar_id.id,
                    tz=resource.tz,
                )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("employee_id"):
            employee = self.env["hr.employee"].browse(vals["employee_id"])
            vals = {**vals, "resource_id": employee.resource_id.id}
        return super().write(vals)
