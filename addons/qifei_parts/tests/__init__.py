from . import test_part_statement
from . import test_old_part
from . import test_part_request
from . import test_order_parts
