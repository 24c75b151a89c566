# 一个岗位的候选名单。

shortlist-page = 候选名单 { $reference }
shortlist-heading = { $post }：{ $qualified } 人合格，{ $verify } 人待核实
shortlist-vacancy = 岗位
shortlist-posts = 招 { $count } 人
shortlist-starts = { $date }到岗

shortlist-qualified = 合格
shortlist-verify = 待核实
shortlist-removed = 未列入
shortlist-lists = 名单
shortlist-points = { $scale } 分中得 { $score } 分
shortlist-rank = 名次
shortlist-skill = { $name } { $level } 级 · { $evidence }
shortlist-qualified-empty = 目前没有人合格
shortlist-qualified-empty-text = 下面的待核实名单和理由说明怎样会改变。
shortlist-ties = 同分按每个岗位自己的散列排
shortlist-range = 第 { $from }–{ $to } 人，共 { $total } 人

shortlist-addends = { $score } 分怎样加出来
shortlist-addends-of = { $person } 的各项得分
shortlist-addends-rule = 算法：权重 × 等级 × 依据 × 衰减，乘完后只向下取整一次
shortlist-addend = 项目
shortlist-working = 算式
shortlist-points-column = 分
shortlist-total = 合计
shortlist-key = 各项颜色

addend-essential = 必备技能
addend-nice = 加分技能
addend-certificate = 证书
addend-terms = 工资、距离、班次
addend-joint_class = 订单班

shortlist-verify-rule = 至少一项必备技能已证实；未知加 0 分，不算不合格
shortlist-verify-empty = 没有待核实的人
shortlist-verify-empty-text = 必备技能已部分证实的人都在上面的名单里，或未列入。
shortlist-person = 人员
shortlist-code = 代码
shortlist-proved = 已证实
shortlist-unknown = 待核实
shortlist-known-points = 已知得分

shortlist-removed-factory = 未列入的人，按理由代码
shortlist-removed-bands = 只给区间，不给人数
shortlist-removed-official = 未列入的人和理由
shortlist-removed-shown = 显示 { $shown } 人，共 { $total } 人
shortlist-removed-empty = 没有人被排除
shortlist-removed-empty-text = 没有一项硬性要求排除了任何人。
shortlist-reason = 理由
shortlist-people = 人数
shortlist-change = 怎样会改变
shortlist-unlocks = 解除办法：
shortlist-no-unlock = 无法解除，任何人都不能越过。
shortlist-bar = 阻断
shortlist-unlisted = 未知

shortlist-asks = 岗位要求
shortlist-asks-skill = 技能
shortlist-asks-level = 等级
shortlist-asks-weight = 权重
shortlist-asks-essential = { $skill }（必备，下限 { $floor } 级）
shortlist-rests-on = 名单的依据
shortlist-profile = 评分方案
shortlist-engine = 引擎
shortlist-as-of = 截至
shortlist-quota = 外国人配额
shortlist-quota-unchecked = 未检查；不排除任何人
shortlist-population = 查看人数
shortlist-hire-note = 名单只用来排序；录用时会再次检查许可和配额。
shortlist-names = 您能看到什么
shortlist-names-factory = 本人申请之前，贵厂只看到代码、技能、地区和到岗时间，看不到姓名、照片和联系方式。
shortlist-names-official = 您依法定职责看到姓名；本次查看已记录。

evidence-self = 自述
evidence-trained = 培训
evidence-assessed = 考核
evidence-certified = 证书
evidence-observed = 在岗观察

band-fewer_than_10 = 不足 10 人
band-10_49 = 10–49 人
band-50_199 = 50–199 人
band-200_or_more = 200 人以上
