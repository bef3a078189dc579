from . import qifei_work_order_assign
from . import qifei_work_order_assign_candidate
