from . import qifei_dispatch_report
