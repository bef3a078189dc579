from . import qifei_part_usage
from . import qifei_part_ageing
from . import qifei_part_turnover
from . import qifei_part_stock
