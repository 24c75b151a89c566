# 各角色的首页。

home-heading = { $name }，{ $count ->
    [0] 没有待办
   *[other] { $count } 件待办
  }，{ $soon } 件在两周内
home-dates = 期限按上海时区的日历日计算，到期日当天 24 时止
home-all-vacancies = 全部岗位
home-nothing = 没有待办
home-nothing-text = 新的待办会自动出现在这里。
home-more = 另有 { $count } 件不急的
home-days-left = 剩 { $days } 天
home-days-over = 超期 { $days } 天
home-today = 今天
home-fill = 待招满
home-vacancy = { $reference } · { $count } 人 · { $wage }
home-permit-title = 许可 { $reference }
home-permit = { $starts } 至 { $ends } · 未过检查：{ $checks }
home-permit-bar = 有阻断
home-permit-unknown = 缺证据
home-permit-pass = 检查通过
home-class-title = 结业认定：{ $title }
home-class = { $reference } · 在班 { $count } 人
home-classes = 校企班
home-class-name = 班级
home-class-enrolled = 在班 / 名额
home-class-finished = 已结业
home-class-planned = 未开班
home-class-running = 进行中
home-class-over = 已结束
home-no-classes = 没有校企班
home-no-classes-text = 学校依据与企业的协议开班。
home-record = 我的技能档案
home-evidence = 由谁证明
home-achieved = 取得日期
home-no-record = 还没有技能记录
home-no-record-text = 学校会登记您所学；您也可以自己补充。
home-say-wishes = 说明您的意愿
home-say-wishes-text = 何时、何地、什么工资：未知时无法确定岗位。
home-frameworks = 已导入的职业分类
shortlist-skill-name = 技能
