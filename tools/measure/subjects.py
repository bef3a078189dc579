"""The models that are compared, each with its own way to say the same thing."""

from dataclasses import dataclass, field

FSM_STAGES = ("assigned", "accepted", "en route", "on site", "done", "verified")


@dataclass
class Subject:
    """One model: what a record of it needs, and how it comes to its end.

    :param values: function of a number, returning the values of one record
    :param walk: function of a record, returning the steps from new to finished
    :param portal: page that lists the customer's own records, if there is one
    :param shadow: addon whose page of the same address has to stand aside
    """

    name: str
    model: str
    ours: bool
    values: callable
    walk: callable
    unique: tuple = ()
    portal: str = ""
    shadow: str = ""
    customer: dict = field(default_factory=dict)


def available(env):
    """Return the subjects whose addons are installed."""
    makers = (_ticket, _work_order, _helpdesk_ticket, _fsm_order, _repair_order)
    return [subject for maker in makers for subject in maker(env)]


def admin(env):
    """Return the environment of the administrator, in every role of every addon.

    All subjects are measured as this user, under access rights and record rules.
    """
    user = env.ref("base.user_admin")
    roles = (
        "qifei_base.group_admin",
        "qifei_base.group_engineer",
        "helpdesk_mgmt.group_helpdesk_manager",
        "fieldservice.group_fsm_manager",
        "stock.group_stock_manager",
    )
    for role in roles:
        group = env.ref(role, raise_if_not_found=False)
        if group:
            user.group_ids += group
    return env(user=user.id, su=False)


def customer(env):
    """Return the portal user whose 5,000 records the portal lists."""
    login = "bench-customer"
    users = env["res.users"].with_context(no_reset_password=True)
    return users.search([("login", "=", login)]) or users.create(
        {
            "name": "Bench customer",
            "login": login,
            "password": login,
            "email": "customer@example.com",
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
        }
    )


def _is_installed(env, addon):
    return env["ir.module.module"]._get(addon).state == "installed"


def _product(env):
    products = env["product.product"]
    return products.search(
        [("name", "=", "Bench machine")], limit=1
    ) or products.create({"name": "Bench machine", "type": "consu"})


def _ticket(env):
    if "qifei.ticket" not in env:
        return
    partner = customer(env).partner_id
    repair = env["qifei.ticket.type"].search([("code", "=", "repair")], limit=1)

    def values(number):
        return {
            "ticket_type_id": repair.id,
            "partner_id": partner.id,
            "description": f"The machine does not start ({number})",
        }

    def walk(ticket):
        def solve():
            ticket.write({"solution": "Replaced the fuse"})
            ticket.action_solve()

        return [ticket.action_open, solve, ticket.action_close]

    yield Subject(
        name="qifei.ticket",
        model="qifei.ticket",
        ours=True,
        values=values,
        walk=walk,
        unique=("name",),
        portal="/my/tickets" if _is_installed(env, "qifei_portal") else "",
        shadow="helpdesk_mgmt",
    )


def _work_order(env):
    if "qifei.work.order" not in env:
        return
    partner = customer(env).partner_id
    repair = env["qifei.ticket.type"].search([("code", "=", "repair")], limit=1)
    engineers = env["qifei.engineer"]
    engineer = engineers.search([("name", "=", "Bench engineer")]) or engineers.create(
        {"name": "Bench engineer"}
    )

    def values(number):
        return {
            "ticket_type_id": repair.id,
            "partner_id": partner.id,
            "duration": 1.5,
            "planned_start": f"2031-03-{number % 28 + 1:02d} 09:00:00",
        }

    def walk(order):
        def assign():
            order.write({"engineer_id": engineer.id})
            order.action_assign()

        def complete():
            order.write({"diagnosis": "Blown fuse", "result": "solved"})
            order.action_complete()

        return [
            assign,
            order.action_accept,
            order.action_depart,
            order.action_arrive,
            complete,
            order.action_verify,
            order.action_close,
        ]

    yield Subject(
        name="qifei.work.order",
        model="qifei.work.order",
        ours=True,
        values=values,
        walk=walk,
        unique=("name",),
    )


def _helpdesk_ticket(env):
    if "helpdesk.ticket" not in env:
        return
    partner = customer(env).partner_id

    def values(number):
        return {
            "name": f"The machine does not start ({number})",
            "description": "<p>The machine does not start</p>",
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
        }

    def walk(ticket):
        stages = [
            env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            for name in ("in_progress", "awaiting", "done")
        ]
        return [
            lambda stage=stage: ticket.write({"stage_id": stage.id}) for stage in stages
        ]

    yield Subject(
        name="helpdesk.ticket (OCA)",
        model="helpdesk.ticket",
        ours=False,
        values=values,
        walk=walk,
        unique=("number",),
        portal="/my/tickets",
        shadow="qifei_portal",
    )


def _fsm_order(env):
    if "fsm.order" not in env:
        return
    partner = customer(env).partner_id
    locations, workers = env["fsm.location"], env["fsm.person"]
    location = locations.search([("ref", "=", "bench")]) or locations.create(
        {"name": "Bench site", "ref": "bench", "owner_id": partner.id}
    )
    worker = workers.search([("name", "=", "Bench worker")], limit=1) or workers.create(
        {"name": "Bench worker"}
    )

    def values(number):
        return {
            "location_id": location.id,
            "scheduled_date_start": f"2031-03-{number % 28 + 1:02d} 09:00:00",
            "scheduled_duration": 1.5,
        }

    # It ships New and Completed only; these are the stages that ours goes through.
    stages = env["fsm.stage"].search([("name", "=like", "Bench %")], order="sequence")
    for number, name in enumerate(FSM_STAGES if not stages else ()):
        stages += stages.create(
            {"name": f"Bench {name}", "sequence": 20 + number, "stage_type": "order"}
        )

    def walk(order):
        assigned, accepted, en_route, on_site, done, verified = stages

        def move(stage, **values):
            return lambda: order.write({"stage_id": stage.id, **values})

        return [
            move(assigned, person_id=worker.id),
            move(accepted),
            move(en_route),
            move(on_site, date_start="2031-03-01 09:00:00"),
            move(done, date_end="2031-03-01 10:00:00", resolution="Replaced the fuse"),
            move(verified),
            order.action_complete,
        ]

    yield Subject(
        name="fsm.order (OCA)",
        model="fsm.order",
        ours=False,
        values=values,
        walk=walk,
        unique=("name",),
    )


def _repair_order(env):
    if "repair.order" not in env:
        return
    partner, product = customer(env).partner_id, _product(env)

    def values(number):
        return {
            "partner_id": partner.id,
            "product_id": product.id,
            "internal_notes": f"<p>The machine does not start ({number})</p>",
        }

    def walk(order):
        return [
            order.action_validate,
            order.action_repair_start,
            order.action_repair_end,
        ]

    yield Subject(
        name="repair.order (core)",
        model="repair.order",
        ours=False,
        values=values,
        walk=walk,
        unique=("name",),
    )
