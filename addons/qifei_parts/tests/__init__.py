from . import test_part_statement
from . import test_old_part
from . import test_part_request
from . import test_order_parts
from . import test_demand
from . import test_part_suggestion
from . import test_old_part_balance
from . import test_part_request_refusals
