from . import booking
from . import work_order
