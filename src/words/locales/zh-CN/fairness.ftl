# 公平性：各群体在已记录短名单中的情况、排序群体公平表、权重建议。

fairness-heading = { $shortlists } 份短名单 · { $people } 人，被考虑 { $considered } 次，入选 { $selected } 次 · 每份前 { $k } 名为入选
fairness-lead = 标记只是线索：它指出应当查看何处，并不说明会查到什么；任何名单和决定都不因它而改变。
fairness-withheld-below = 不足 { $least } 人的群体不予显示，并同时隐去其他群体，使任何合计都不能推出其数字。
fairness-no-groups = 没有任何人的群体信息：群体文件中没有名单上人员的 { $attributes }。
fairness-unknown = 未知
fairness-withheld = 不予显示
fairness-reference = 入选率最高
fairness-flag = 低于 4/5

fairness-attribute-sex = 性别
fairness-attribute-age_band = 年龄段
fairness-attribute-ethnicity = 民族
fairness-attribute-nationality = 国籍
fairness-attribute-disability = 残疾
fairness-attribute-hukou_region = 户籍地区
fairness-attribute-poverty = 贫困（仅限官员）

fairness-column-group = 群体
fairness-column-people = 人数
fairness-column-considered = 被考虑
fairness-column-selected = 入选
fairness-column-rate = 入选率
fairness-column-interval = 95 % 区间
fairness-column-ratio = 影响比
fairness-column-p = p
fairness-column-exposure = 曝光

fairness-ranked = { $group }：按公平份额 { $share }，{ $lists } 份名单中有 { $failing } 份在某一名次处人数过少；{ $impossible } 份无论怎样排列都不够。
fairness-cost = 若 { $lists } 份名单都符合该表，入选者中将有 { $replaced } 人被替换，共损失 { $score } 分，nDCG 平均损失 { $quality }。

fairness-table-heading = 前 { $k } 名，受保护概率 { $p }，α = { $alpha }：各名次处受保护者的最少人数，以及适用的名次数
fairness-table-unadjusted = 未校正
fairness-table-adjusted = 已校正
fairness-table-failing = 公平的名单不符合该表的概率为 { $probability }
fairness-table-alpha = α 从 { $from } 起、小于 { $below } 时均得此表
fairness-table-alpha-asked = α 从 { $from } 起、至所给的值均得此表

fairness-fit-proposal = 仅为建议：这些权重不对任何人排序。须由人结合下面的曲线审阅，再决定是否写入新的方案。
fairness-fit-heading = 拟合 { $fitted } 行，留 { $held_out } 行作曲线，{ $unknown } 行尚无结果 · 共 { $steps } 步，最后一步各权重变化不超过 { $last } 个十亿分之一
fairness-fit-feature = 组成部分
fairness-fit-weight = 权重
fairness-fit-points = 分值
fairness-fit-intercept = （截距）
fairness-fit-negative = 小于 0：应当有人查明原因
fairness-fit-curve = 可靠性（在留出的行上）：预测与实际对照
fairness-fit-bin = 预测
fairness-fit-rows = 行数
fairness-fit-predicted = 平均预测
fairness-fit-observed = 实际
fairness-fit-interval = 95 % 区间
fairness-feature-skill = 技能
fairness-feature-certificate = 证书
fairness-feature-wage = 工资
fairness-feature-place = 地点
fairness-feature-shift = 班次
fairness-feature-joint_class = 联合班

fairness-wrong-file = { $file } 有 { $count } 处问题：未作任何计算
fairness-too-few = 名单中不足 { $least } 人：任何数字都会透露个人
fairness-list-too-long = 有名单超过 { $max } 个名次
fairness-too-many-tables = 需要超过 { $max } 张排序群体公平表：请用 --protected 指定一个群体
fairness-day-missing = 有名单没有日期，无法判断是否在范围内：请去掉 --from 和 --until，或补充 day 列
fairness-no-such-attribute = 名单上没有人的 { $attribute } 是已知的；已知的有 { $known }
fairness-no-such-group = 名单上没有人属于群体 { $group }；现有 { $known }
fairness-bad-cross = --cross 需要两个不同的属性：sex,age_band
fairness-bad-protected = --protected 需要一个属性和一个群体：sex=female
fairness-bad-k = --k 为 1 到 { $max }
fairness-bad-p = --p 在 0 与 1 之间，分母不超过 { $max }
fairness-bad-alpha = --alpha 在 0 与 1 之间，分母不超过 { $max }
fairness-bad-rows = --rows 为 1 到 { $max }
fairness-fit-too-few = 有结果的只有 { $found } 行，需要 { $least } 行
fairness-fit-all-alike = 所有结果都相同，无从区分

field-name_too_long = 最多 64 个字符。
field-rank_gap = 缺少前一名次：名次依次为 1、2、3……
field-other_day = 同一名单的另一行日期不同。
field-too_many_groups = 最多 { $max } 个群体。
field-not_permille = 应为 0 到 1000。
field-retained_without_hire = 未被录用者不会留任。
