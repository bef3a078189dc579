GROUP_AGENT = "qifei_base.group_agent"
GROUP_DISPATCHER = "qifei_base.group_dispatcher"
GROUP_ENGINEER = "qifei_base.group_engineer"
GROUP_MANAGER = "qifei_base.group_manager"
