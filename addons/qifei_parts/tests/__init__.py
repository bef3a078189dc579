from . import test_part_statement
from . import test_old_part
from . import test_part_request
