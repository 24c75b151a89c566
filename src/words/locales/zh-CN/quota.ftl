# 配额：答案、每一步算式、缺什么，以及案情资料有什么问题。

quota-heading = { $pack } { $version } · { $digest } · 问的是 { $on }
quota-title-line = { $title } · { $standing }
quota-standing-sourced = 数字有官方或二手来源
quota-standing-historical = 历史规则：曾经如此，不是现行规定
quota-standing-fictional = 虚构：仅供测试和试算，不是任何地方的规定
quota-assumed = 由案情自行设定、不出自规则包：{ $names }
quota-assumed-in-vain = 由案情设定，但所用规则都不需要：{ $names }
quota-line = { $figure }：{ $answer }
quota-line-of = { $figure }［{ $of }］：{ $answer }
quota-unknown = 不能确定：{ $missing }
quota-nil = 无：{ $because }
quota-cite = { $name } = { $value } · { $validity } · { $trust } · { $source }
quota-valid-from = { $from } 起
quota-valid-to = { $to } 之前
quota-valid-between = { $from } 起，{ $to } 之前
quota-valid-undated = 来源未注日期
quota-trust-A = A 官方文本
quota-trust-B = B 二手来源
quota-trust-C = C 未核实
quota-trust-D = D 推算
quota-trust-fictional = 虚构
quota-trust-stated = 案情自述

quota-missing-parameter = 规则包没有参数 { $name }
quota-missing-parameter_not_yet = 参数 { $name } 尚未生效
quota-missing-parameter_expired = 参数 { $name } 已失效
quota-missing-fact = 资料没有写明 { $name }
quota-missing-contradiction = 资料自相矛盾：{ $name }
quota-missing-payroll_month = 工资月未入账或逾期：{ $name }
quota-missing-cap = 该日没有文件规定 { $name } 的上限
quota-missing-tie_break = 无法分出先后：{ $name }

quota-reason-bar = 禁止 { $detail }（{ $source }）
quota-reason-sector_not_listed = 行业 { $detail } 不在规则所列之内（{ $source }）
quota-reason-no_local_insured = 本地参保员工 { $detail } 人（{ $source }）
quota-reason-shares_above_cap = 各比例之和超过上限：{ $detail }（{ $source }）
quota-reason-add_on_not_offered = 不提供 { $detail } 的附加比例（{ $source }）

quota-code-allowed = 有余额
quota-code-refused = 不予受理
quota-code-pass = 符合
quota-code-bar = 不符合
quota-code-yes = 是
quota-code-no = 否
quota-code-stop = 停止
quota-code-warn = 警示：须说明理由
quota-code-unlimited = 不设上限
quota-code-floor = 向下
quota-code-ceiling = 向上
quota-code-half_up = 四舍五入
quota-code-nationals = 本国员工
quota-code-expats = 外籍员工
quota-code-revoke = 撤销超额许可
quota-code-refuse_renewal = 超额许可不予续签
quota-code-hiring_bar = 若干月内不得招用
quota-code-annual_salary = 年薪
quota-code-degree = 学历
quota-code-experience_years = 工作年限
quota-code-months_a_year = 每年工作月数
quota-code-hsk = 汉语水平
quota-code-location = 工作地点
quota-code-age = 年龄
quota-code-distinctions = 其他条件
quota-code-local_bonus = 地方加分

quota-figure-locals = 加权本地人数
quota-figure-month_locals = 当月加权本地人数
quota-figure-months = 计入的月份
quota-figure-max_foreign = 外籍上限
quota-figure-foreign = 在用外籍
quota-figure-headroom = 余额（负数为超额）
quota-figure-excess = 超额
quota-figure-application = 所申请的
quota-figure-max = 上限
quota-figure-used = 已用
quota-figure-cap = 上限
quota-figure-reserved = 预留
quota-figure-balance = 余额
quota-figure-binding = 约束节点
quota-figure-room = 所有节点共有余额
quota-figure-decision = 结论
quota-figure-daily = 每日
quota-figure-amount = 金额
quota-figure-tier = 档次
quota-figure-total = 合计
quota-figure-insured = 参保人数
quota-figure-level_max = 该级别本身
quota-figure-eligible = 是否符合
quota-figure-with_extra = 含另加比例
quota-figure-without_extra = 不含另加比例
quota-figure-difference = 差额
quota-figure-available = 可用
quota-figure-total_available = 可用合计
quota-figure-carried_to_next_year = 结转下年
quota-figure-points = 得分
quota-figure-granted = 分得
quota-figure-left = 剩余
quota-figure-score = 总分
quota-figure-category = 类别
quota-figure-nationals = 本国员工平均
quota-figure-expats = 外籍员工平均
quota-figure-rate = 本国化率
quota-figure-band = 等级
quota-figure-minimum_locals = 本国员工下限
quota-figure-lacking = 尚缺本国员工
quota-figure-max_interns = 实习生上限
quota-figure-interns = 在岗实习生
quota-figure-max_on_post = 本岗位实习生上限
quota-figure-on_post = 本岗位实习生
quota-figure-balance_on_post = 本岗位余额
quota-figure-worst_balance = 期间最小余额
quota-figure-first_day_over = 首个超额日
quota-figure-verdict = 结论
quota-figure-open_days = 公开天数
quota-figure-open_long_enough = 公开天数是否足够
quota-figure-unfilled = 仍未招满
quota-figure-certificate_in_date = 证明在有效期内
quota-figure-apply_until = 最后申请日
quota-figure-new = 新许可
quota-figure-renewal = 续签
quota-figure-cure_clock_months = 整改月数
quota-figure-cure_until = 最后整改日
quota-figure-then = 期满后
quota-figure-hiring_bar_months = 不得招用月数

quota-step-month_stated = { $month }：自报 { $stated } = { $result }
quota-step-month = { $month }：人数 × 权重：{ $terms }；学生封顶 −{ $capped } = { $result }（同一人多出的行：{ $duplicates }；因身份或雇主数不计：{ $excluded }）
quota-step-locals_stated = 加权本地人数，自报：L = { $result }
quota-step-window = { $node } 计入的月份：{ $months }，至 { $result }
quota-step-mean = 平均：（{ $sum }）÷ { $count } = { $result }
quota-step-foreign_stated = 外籍人数，自报：{ $result }
quota-step-foreign_counted = { $node }：许可占用名额 { $result } 人，预留 { $reserved }；已到期而无离境证明：{ $run_out }
quota-step-used_stated = { $node }：自报已用 { $result }，预留 { $reserved }
quota-step-balance = { $max } − { $used } − { $reserved } = { $result }
quota-step-round = { $value } { $way }取整：{ $result }
quota-step-exempt = 行业 { $sector } 豁免：{ $result }
quota-step-share_of_total = F ≤ L × d ÷ (1 − d) = { $locals } × { $share } ÷ (1 − { $share }) = { $result }
quota-step-total_and_applicant = 基数含申请人：{ $total } + 1 = { $result }
quota-step-share_of_base = { $base } × { $share } = { $result }
quota-step-total_stated = 总人数，自报：T = { $result }
quota-step-total = 总人数：T = { $locals } + { $foreign } = { $result }
quota-step-multiple = { $locals } × { $factor } = { $result }
quota-step-table = { $at } 达到的最后一档：{ $result }
quota-step-bar = 禁止 { $bar } 先于一切数字（{ $source }）：{ $result }
quota-step-sector_not_listed = 行业 { $sector } 不在 { $sectors } 之内：{ $result }
quota-step-nodes = 一张许可占用 { $result } 个节点：{ $nodes }
quota-step-cap_unlimited = { $node }：{ $result }
quota-step-cap = { $node }：上限 { $result }
quota-step-balance_of_node = { $node }：{ $max } − { $used } − { $reserved } = { $result }
quota-step-binding = 最小余额 { $result } 属于 { $nodes }
quota-step-decision = 申请 { $places } 个名额；没有余额的节点：{ $without }；{ $result }
quota-step-daily = { $monthly } × 12 ÷ 365 = 每日 { $result }
quota-step-round_cent = { $value } { $way }取到分：{ $result }
quota-step-days = { $daily } × { $days } 天，{ $way }取到分：{ $result }
quota-step-tier = { $worker }：之前 { $before } 人；第 { $tier } 档自 { $from } × { $total } 人起：每月 { $result }
quota-step-insured_stated = 参保人数，自报：{ $result }
quota-step-shares = 比例合计：{ $sum } = { $result }
quota-step-above_cap = { $share } 超过 { $max }：{ $result }
quota-step-less_employed = { $max } − 已聘 { $used } = { $result }
quota-step-difference = { $with } − { $without } = { $result }
quota-step-pools_total = 各池合计：{ $sum } = { $result }
quota-step-year_is_lost = { $year_ends } 未用者作废：结转 { $result }
quota-step-pool = { $pool }：{ $max } + 转入 { $carried } − 已用 { $used } = { $result }
quota-step-half_is_over = { $pool } 已于 { $ended } 前结束：{ $result } 转入下半年
quota-step-issued = { $pool }：已发 { $sum } = { $result }（延期 { $extensions } 不计）
quota-step-round_of_pool = 轮次 { $round }：{ $max } − { $used } = { $result }（{ $act }）
quota-step-too_late = { $firm } 于 { $result } 申请，已过截止日
quota-step-points_of_firm = { $firm }：{ $basic } + { $bonus } − { $penalty } = { $result }
quota-step-grant = { $firm } 申请 { $requested }，尚余 { $left }：分得 { $result }
quota-step-points = { $part }（{ $found }）：{ $result }
quota-step-score = { $sum } = { $result }
quota-step-category = { $score } 分；A 类自 { $a } 分起，B 类自 { $b } 分起：{ $result }
quota-step-weekly_mean = { $who }：{ $sum } ÷ { $weeks } 周 = { $result }
quota-step-week = { $day }：人数 × 权重：{ $terms }；学生封顶 −{ $capped } = 本国 { $result }，外籍 { $expats }（同一人多出的行：{ $duplicates }）
quota-step-rate = { $nationals } ÷ ({ $nationals } + { $expats }) = { $result }，不取整
quota-step-band = { $rate } 达到的最后一级：{ $result }
quota-step-named_sector = 技术员工 { $staff } 人，指定行业自 { $size_min } 人起：{ $result }
quota-step-too_small = 技术员工 { $staff } 人，规则自 { $size_min } 人起：{ $result }
quota-step-per_begun = { $staff } ÷ { $per } = { $result }
quota-step-rising_share = { $share } + { $step } × { $half_years } 个半年 = { $result }
quota-step-period = 最小余额 { $balance }，在 { $day }：{ $result }
quota-step-open_days = { $opened } 至 { $closed }：{ $result } 天，须 { $min } 天
quota-step-certificate = { $certified } + { $months } 个月 = { $result } 为最后一日；{ $applied } 申请
quota-step-excess = { $used } − { $max }，不低于零：{ $result }
quota-step-cure_clock = { $notice } 送达 + { $months } 个月 = { $result } 为最后一日

quota-bad-facts = 资料不成案情：{ $count } 处问题
quota-bad-json = 资料不是 JSON：第 { $line } 行第 { $column } 列：{ $detail }
quota-facts-too-long = 资料超过 { $bytes } 字节
quota-problem-not_text = 不是文字
quota-problem-empty = 是空的
quota-problem-too_long = 超过 { $detail } 个字符
quota-problem-not_a_date = 不是日期，例如 { $detail }
quota-problem-not_a_month = 不是月份，例如 { $detail }
quota-problem-not_exact = 不是精确数字，例如 { $detail }
quota-problem-below_zero = 小于零：{ $detail }
quota-problem-not_a_flag = 只能是 { $detail }
quota-problem-not_one_of = 只能是 { $detail }
quota-problem-not_a_list = 不是列表
quota-problem-too_many = 超过 { $detail } 项
quota-problem-not_pairs = 不是成对的值，例如 { $detail }
quota-problem-not_rising = 没有递增
quota-problem-not_an_object = 不是对象
quota-problem-unknown_field = 无此字段；可用的是 { $detail }
quota-problem-missing_field = 缺少：{ $detail }
quota-problem-exactly_one_of = { $detail } 须且只须给出一个
quota-problem-both_or_neither = { $detail } 须同时给出或同时不给
quota-problem-out_of_range = 超出范围：{ $detail }
quota-problem-twice = 重复：{ $detail }
quota-problem-no_such_node = 该树没有这个节点：{ $detail }
quota-problem-other_tree = 在另一棵树上：{ $detail }
quota-problem-ring = 上级节点绕回自身：{ $detail }
quota-problem-caps_overlap = 同一天有两个上限：{ $detail }
quota-problem-no_such_person = 没有这个人：{ $detail }
quota-problem-ends_before_it_begins = 结束早于开始：{ $detail }

quota-no-such-rule = 规则包没有规则 { $rule }；有的是 { $rules }
quota-no-such-pack = 没有规则包 { $pack }；有的是 { $packs }
quota-pack-ambiguous = { $pack } 有几个版本；请指明其一：{ $packs }
quota-pack-taken = { $file } 与另一规则包 { $pack } 同名同版，内容却不同
quota-pack-broken = { $file } 不是规则包：{ $detail }
quota-file-unreadable = 无法读取 { $file }：{ $detail }
quota-pack-line = { $name }@{ $version } · { $country } · { $standing } · { $families } · { $title }
quota-test-line = { $name }@{ $version }：{ $examples } 个算例，比对 { $compared } 个答案，{ $wrong } 个不符
quota-test-wrong = { $pack } { $example } { $figure }：应为 { $expected }，得 { $found }
quota-test-failed = 有规则包算不出自己的算例，不能使用
