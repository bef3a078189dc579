from . import qifei_service_area_find
