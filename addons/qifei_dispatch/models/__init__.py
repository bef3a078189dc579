# Master data
from . import qifei_tool
from . import qifei_ticket_type
from . import qifei_engineer
from . import qifei_work_order
from . import qifei_work_order_window
from . import res_company
from . import res_config_settings

# Plans
from . import qifei_dispatch_problem
from . import qifei_dispatch_run
from . import qifei_dispatch_run_progress
from . import qifei_dispatch_run_line
from . import qifei_dispatch_run_proposal
from . import qifei_dispatch_run_solve
from . import qifei_dispatch_run_publish
from . import qifei_dispatch_run_line_check
from . import qifei_dispatch_run_line_publish
from . import qifei_work_order_quiet
from . import qifei_work_order_broken
from . import qifei_work_order_replan
from . import qifei_engineer_absence
from . import resource_calendar_leaves
from . import qifei_workbench_plans

# Rules, pool and candidates
from . import qifei_dispatch_reason
from . import qifei_dispatch_rule
from . import qifei_work_order_eligible
from . import qifei_dispatch_insertion
from . import qifei_work_order_once
from . import qifei_work_order_pool
from . import qifei_work_order_ways
from . import qifei_workbench_pool

# Board
from . import ir_websocket
from . import qifei_dispatch_board
from . import qifei_dispatch_board_check
from . import qifei_dispatch_board_describe
from . import qifei_dispatch_board_move
from . import qifei_work_order_board

# Day page, position, reports
from . import qifei_engineer_position
from . import qifei_engineer_sharing
from . import qifei_engineer_day
from . import qifei_work_order_arrival
from . import qifei_work_order_slots
from . import qifei_workbench
