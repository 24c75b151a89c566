# 家庭户及有关认定。

field-outside_bureau = 该地区不在本局管辖的 { $region } 范围内。
field-no_head = 须有一名成员为户主。
field-several_heads = 户主只能有一名。
field-too_many_members = 一户最多 { $max } 名成员。
field-in_another_household = 此人已属于另一户。
field-unknown_household = 您的管辖范围内没有这一户。
field-before_standing = 早于现行认定的日期 { $standing }。
field-exit_without_targeting = 只有已认定的户才能退出。
refusal-needs_a_user = 认定须有作出认定的人，请指明用户。
