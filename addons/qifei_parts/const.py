GROUP_AGENT = "qifei_base.group_agent"
GROUP_DISPATCHER = "qifei_base.group_dispatcher"
GROUP_ENGINEER = "qifei_base.group_engineer"
GROUP_MANAGER = "qifei_base.group_manager"
GROUP_PARTS_KEEPER = "qifei_base.group_parts_keeper"

# Reserved, or to be reserved, and not done yet.
OPEN_MOVE_STATES = ("waiting", "confirmed", "partially_available", "assigned")

# Places outside the warehouse that after-sales service keeps stock in.
LOCATION_KINDS = [
    ("field", "After-sales"),
    ("van", "Van"),
    ("point", "Service point"),
    ("transit", "In transit"),
    ("defective", "Defective parts"),
    ("old", "Old parts"),
]
# Somebody answers for what lies there.
HOLDER_KINDS = ("van", "point")
# What lies there is no asset any more.
WORTHLESS_KINDS = ("defective", "old")
# Pieces lie there for a document.
DOCUMENT_KINDS = ("transit", "defective", "old")

# So many and more of a part are a typing error.
MOST_PIECES = 1_000_000

PICKING_PURPOSES = [
    ("ship", "Shipping"),
    ("receive", "Receipt"),
    ("issue", "Issue"),
    ("return", "Return of unused parts"),
    ("use", "Use"),
    ("old", "Old parts"),
]

# How an old part ends that came back.
OLD_PART_DISPOSITIONS = [
    ("scrap", "Scrap"),
    ("repair", "Repair"),
    ("supplier", "Send to the supplier"),
    ("stock", "Put into stock"),
]
