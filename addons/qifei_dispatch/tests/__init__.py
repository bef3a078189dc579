# Day page, position, reports
from . import test_day_page
from . import test_dispatch_report
from . import test_dispatch_workbench
from . import test_position
from . import test_slots
