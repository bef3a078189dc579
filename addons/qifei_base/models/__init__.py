from . import ir_sequence
from . import qifei_state_mixin
from . import qifei_number_mixin
from . import res_company
