# 技能记录有什么不对。

field-evidence_only_own_word = 只有您所代表的单位才能为此作证。本人所述请记为“self”。
field-evidence_own_word = 单位不能代替本人自述。请选择单位所证明的方式。
field-in_future = 这一天还没有到。
field-last_used_out_of_range = 最近使用日期应在达到该等级之日与今天之间。
field-other_voucher = 只有当初作证的一方才能更正这条记录。
field-unknown_skill_claim = 此人没有关于这项技能的这条记录。

field-level_off_scale = 等级应在 { $min } 到 { $max } 之间。
field-claim_superseded_before = 这条记录已被更正过。请更正较新的那一条。
refusal-claim_superseded_before = 这条记录已被更正过。请更正较新的那一条。
