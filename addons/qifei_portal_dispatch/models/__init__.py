from . import qifei_engineer
from . import qifei_ticket
from . import qifei_work_order
