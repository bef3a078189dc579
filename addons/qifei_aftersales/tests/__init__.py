from . import test_amount_words
from . import test_order_message
from . import test_order_report
