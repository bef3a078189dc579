from . import qifei_warranty_card_extend
from . import qifei_warranty_card_transfer
from . import qifei_warranty_card_void
from . import qifei_work_order_assign
from . import qifei_work_order_assign_candidate
from . import qifei_work_order_line_override
from . import qifei_work_order_reason
from . import qifei_work_order_sign
