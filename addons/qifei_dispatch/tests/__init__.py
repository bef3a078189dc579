# Plans
from . import test_dispatch_times
from . import test_dispatch_problem
from . import test_dispatch_run
from . import test_dispatch_publish
from . import test_dispatch_publish_concurrency
from . import test_absence
from . import test_plan_tour
from . import test_solver_process

# Day page, position, reports
from . import test_day_page
from . import test_day_tour
from . import test_dispatch_report
from . import test_dispatch_workbench
from . import test_position
from . import test_slots

# Rules, pool and candidates
from . import test_dispatch_candidates
from . import test_dispatch_growth
from . import test_dispatch_reason
from . import test_dispatch_rule
from . import test_dispatch_ways
from . import test_grab_pool
from . import test_grab_pool_concurrency
from . import test_pool_cards
from . import test_pool_tour

# Board
from . import test_board
from . import test_board_concurrency
from . import test_board_moves
from . import test_board_tour
from . import test_js_board
from . import test_placing
