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
