# 可以去哪里，以及自己是谁。

nav-home = 待办
nav-vacancies = 岗位
nav-shortlist = 候选名单
nav-trainees = 学员
nav-classes = 订单班
nav-households = 帮扶户
nav-permits = 许可
nav-foreign-workers = 外国务工人员
nav-organisations = 单位
nav-users = 用户
nav-import = 导入
nav-my-record = 我的记录
nav-jobs = 适合我的岗位
nav-work = 后台任务

role-administrator = 系统管理员
role-organisation_administrator = 机构管理员
role-school_registrar = 学校教务
role-teacher = 教师
role-factory_hr = 工厂人事
role-mentor = 企业导师
role-agent = 中介机构经办人
role-labour_official = 劳动部门经办人员
role-targeting_officer = 帮扶认定人员
role-permit_checker = 许可审核人员
role-permit_approver = 许可批准人员
role-quota_officer = 配额管理人员
role-auditor = 审计人员
role-village_cadre = 村干部
role-port_desk = 口岸窗口人员
role-outside_auditor = 外部审计人员
role-trainee = 学员
role-foreign_worker = 外籍务工人员
role-guardian = 监护人
nav-guardians = 监护
