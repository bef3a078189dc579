GROUP_AGENT = "qifei_base.group_agent"
GROUP_DISPATCHER = "qifei_base.group_dispatcher"
GROUP_ENGINEER = "qifei_base.group_engineer"
GROUP_MANAGER = "qifei_base.group_manager"

# Assigned and not begun: a plan may give the order to somebody else or move it.
ORDER_MOVABLE_STATES = ("assigned", "accepted")
# The engineer has begun: the order stays where it is.
ORDER_STARTED_STATES = ("en_route", "on_site")
# Takes time of an engineer who has it in his plan.
ORDER_ROUTE_STATES = (*ORDER_MOVABLE_STATES, *ORDER_STARTED_STATES)
ORDER_DONE_STATES = ("done", "verified", "closed")

# How an order without an engineer gets one.
DISPATCH_WAYS = [
    ("hand", "By hand"),
    ("once", "At once"),
    ("plan", "With the next plan"),
    ("pool", "Grab pool"),
]

# === Where engineers are === #
# How long it stays on file, and how often a phone may tell it.
POSITION_DAYS = 30
POSITION_SECONDS = 15
# An older position says nothing about the arrival any more.
POSITION_FRESH_MINUTES = 10
# A phone waits for the answer, so the route server has to be quick.
TRAVEL_TIMEOUT = 2

# === Grab pool === #
# Has the open pages of the pool loaded anew.
BUS_POOL = "qifei_dispatch.pool"
# How many orders a notice names.
POOL_NOTICE_ORDERS = 5

# === Rules === #
# Orders of one step of the job.
DISPATCH_SLICE = 100
# The days in which a place for an order is looked for first.
FIRST_LOOK_DAYS = 3
# So many days of engineers are looked into at once: travel grows with their square.
ENGINEER_DAYS = 200
# For a single order so many are asked first, those who are near.
MOST_ASKED = 60

# === Board === #
# Tells the open boards which orders have changed.
BUS_BOARD = "qifei_dispatch.board"
