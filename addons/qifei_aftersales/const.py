GROUP_AGENT = "qifei_base.group_agent"
GROUP_DISPATCHER = "qifei_base.group_dispatcher"
GROUP_ENGINEER = "qifei_base.group_engineer"
GROUP_MANAGER = "qifei_base.group_manager"

TICKET_OPEN_STATES = ("new", "open", "pending")

# From draft to the end of the visit: what somebody still has to do.
ORDER_OPEN_STATES = (
    "draft",
    "assigned",
    "accepted",
    "en_route",
    "on_site",
    "on_hold",
)
# Signed or given up: the charges and the record of the visit stay as they are.
ORDER_LOCKED_STATES = ("verified", "closed", "cancelled")
ORDER_BILLABLE_STATES = ("done", "verified", "closed")

# Length of a visit for which nobody has planned another one.
DEFAULT_VISIT_HOURS = 2.0

CHARGE_KINDS = [
    ("part", "Part"),
    ("labour", "Labour"),
    ("travel", "Travel"),
    ("other", "Other"),
]
COVERAGES = [
    ("warranty", "Warranty"),
    ("agreement", "Agreement"),
    ("goodwill", "Goodwill"),
    ("customer", "Customer"),
]
WARRANTY_COMPONENTS = [
    ("machine", "Whole machine"),
    ("main_part", "Main part"),
    ("labour", "Labour"),
    ("travel", "Travel"),
]
WARRANTY_STARTS = [
    ("purchase", "Purchase"),
    ("installation", "Installation"),
    ("activation", "Activation"),
]

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]
