# 协议、联合办班或学籍有什么不对，以及规则拒绝了什么。

field-already_enrolled = 此人已在或曾在这个班。
field-before_first_day = 最早可以是 { $first_day }。
field-class_full = 该班 { $seats } 个名额已满。
field-class_over = 该班已于 { $ends_on } 结束。
field-count_out_of_range = 数值应在 { $min } 到 { $max } 之间。
field-enrolment_ended = 该学籍已结业或已退出。
field-outside_agreement = 该班有的日期在协议之外；协议自 { $from } 至 { $until }。
field-reference_taken = 这个编号已被使用。
field-unknown_agreement = 学校没有这份协议。
field-unknown_enrolment = 您的权限范围内没有这条学籍。
field-unknown_factory = 没有这家工厂，或已停业。

refusal-class_full = 该班 { $seats } 个名额已满。没有录入任何人。
refusal-class_over = 该班已于 { $ends_on } 结束。没有录入任何人。
refusal-enrolment_ended = 该学籍已结业或已退出。什么都没有改动。
refusal-not_a_school = 只有在办的学校才能这样做。
