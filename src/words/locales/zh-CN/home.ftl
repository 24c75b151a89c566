# 各角色的首页。

home-heading = { $name }，{ $count ->
    [0] 没有待办
   *[other] { $count } 件待办
  }{ $soon ->
    [0] {""}
   *[other] ，{ $soon } 件在两周内
  }
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
home-permit-clear = { $starts } 至 { $ends }
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

class-teaches = 教授技能
class-hours = 课时
class-since = 日期
class-roster = 名册：{ $count } 人
class-counts = 名额
class-nobody = 班里没有人
class-nobody-text = 由学校登记学员入班。
class-status-enrolled = 在班
class-status-finished = 已结业
class-status-withdrawn = 已退出
class-finish = 办理结业
class-finish-text = 仍在班的 { $count } 人，每项所授技能各得一条“培训”记录，日期为今天。

permit-heading = 许可 { $reference }：{ $count ->
    [0] 没有未过检查
   *[other] { $count } 项检查未过
  }
permit-lead = 按首日检查。目前还不能在此批准。
permit-part = 证件
permit-finding = 首日状态
permit-day = 日期
permit-finding-covers = 有效
permit-finding-unknown = 未知
permit-finding-ended = 已到期
permit-finding-begins = 尚未生效
permit-term = 期限
permit-covered = 全部有效至
permit-bundle = 随人证件
permit-facts = 许可信息
permit-checks = 未通过的检查
permit-no-bars = 检查全部通过
permit-no-bars-text = 指目前执行的 C1、C2、C6a、C8；配额未核查。
permit-status-draft = 草稿
permit-status-submitted = 已提交
permit-status-withdrawn = 已撤回

permit-bar-dprk = 有记录表明为朝鲜国籍
permit-bar-nationality_missing = 没有国籍记录
permit-bar-nationality_declared = 国籍仅凭本人自述
permit-bar-nationality_contradicted = 各证件所载国籍不一致
permit-bar-nationality_birthplace = 出生于朝鲜，且未证明其他国籍
permit-bar-under_age = 首日未达法定年龄
permit-bar-age_unknown = 没有出生日期记录
permit-bar-document_unknown = 缺失，或未登记有效期
permit-bar-document_ended = 首日前已到期
permit-bar-document_begins = 首日后才生效
