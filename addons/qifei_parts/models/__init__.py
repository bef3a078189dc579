from . import qifei_old_part
from . import qifei_old_part_moves
from . import qifei_part_suggestion
from . import res_company_planning
from . import res_config_settings_planning
