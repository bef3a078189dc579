from . import qifei_part_usage
from . import qifei_part_ageing
from . import qifei_part_turnover
from . import qifei_part_stock
from . import qifei_part_visit
from . import qifei_part_shortage
from . import qifei_part_overstock
from . import qifei_old_part_balance
