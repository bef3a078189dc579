from . import qifei_work_order_part_book
from . import qifei_work_order_part_book_line
