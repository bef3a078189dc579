from . import qifei_old_part
from . import qifei_old_part_moves
