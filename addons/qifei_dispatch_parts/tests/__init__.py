from . import test_day_parts
from . import test_planning_parts
