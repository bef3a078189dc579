from . import qifei_dispatch_problem
from . import qifei_engineer
from . import qifei_work_order_part
