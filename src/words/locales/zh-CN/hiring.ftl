# 岗位，以及某人为何处于此位置。

yes = 是
no = 否

vacancies-heading = { $count ->
    [0] 没有岗位
   *[other] 本页 { $count } 个岗位
  }
vacancies-lead = 最新的在前。打开时才计算候选名单。
vacancies-status = 状态
vacancies-filter = 筛选岗位
vacancies-empty = 这里没有岗位
vacancies-empty-text = 您的权限范围内没有符合此筛选的岗位。
vacancies-shown = 显示 { $count } 个
vacancies-post = 岗位
vacancies-site = 场所
vacancies-region = 地区
vacancies-posts = 人数
vacancies-wage = 月工资
vacancies-starts = 上岗日
vacancies-shifts = 班次
vacancies-dormitory = 宿舍
vacancies-age = 最低年龄
vacancies-age-law = 按法律规定
vacancies-floor = 下限
vacancies-essential = 必备
vacancies-weights = 下限是最低等级；权重是技能分的份额
vacancies-about = 岗位信息
vacancy-edit = 修改
vacancy-edit-heading = 修改 { $reference }
vacancy-edit-lead = 场所、职业、编号和技能不变。如需不同，请另发新岗位。
vacancy-edit-title-zh = 中文名称
vacancy-edit-title-en = 英文名称
vacancy-edit-wage-min = 月工资下限
vacancy-edit-wage-max = 月工资上限
vacancy-edit-yuan = 单位：元。
vacancy-edit-offers = 岗位提供
vacancy-edit-age = 留空即按法律规定。
vacancy-edit-now = 现为：{ $value }。
vacancy-edit-overtaken = 您填写的内容仍在，旁边是现在的内容。如仍以您的为准，请再次保存。
vacancy-edit-save = 保存
vacancy-edit-leave = 保持不变
vacancies-close = 关闭岗位
vacancies-close-text = 关闭后不再排序，且不可撤销；如需要请另发新岗位。
vacancy-status-open = 招聘中
vacancy-status-closed = 已关闭

shortlist-available = { $date } 起可到岗

why-heading = { $person }：{ $standing }，{ $score } 分
why-score = 分数如何相加
why-reasons = 理由与待核实事项
why-nothing = 没有障碍
why-nothing-text = 各项硬性条件都满足，也没有待核实的问题。

reference-title = 接口参考
reference-problems = 问题代码
