from . import test_approach
from . import test_approach_tour
from . import test_booking_slots
from . import test_booking_tour
from . import test_slot_concurrency
