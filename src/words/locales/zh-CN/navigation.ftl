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
role-school_registrar = 学校教务
role-factory_hr = 工厂人事
role-labour_official = 劳动部门经办人员
role-trainee = 学员
