from . import ir_http
from . import qifei_engineer
from . import qifei_portal_attempt
from . import qifei_ticket
from . import qifei_work_order
from . import res_partner
