from . import portal
from . import part_stock
from . import part_request
from . import old_part
from . import part_statement
