# 排序的理由、待核实事项、解除办法和分项。

check-dprk = 有记录表明为朝鲜国籍：任何身份均不得准予工作
check-nationality_missing = 没有国籍记录
check-nationality_declared = 国籍仅凭本人自述
check-nationality_contradicted = 各证件所载国籍不一致
check-nationality_birthplace = 出生于朝鲜，且未证明其他国籍
check-under_age = 上岗日 { $found } 岁；法律要求 { $needed } 岁，{ $from } 满
check-age_unknown = 没有出生日期记录
check-document_unknown = { $document }：缺失，或未登记有效期
check-document_ended = { $document }：已于 { $until } 到期
check-document_begins = { $document }：{ $from } 起才有效

document-travel_document = 护照或边民通行证
document-health_certificate = 健康证明
document-training_certificate = 培训合格证明

reason-under_post_age = 上岗日 { $found } 岁；本岗位要求 { $needed } 岁，{ $from } 满
reason-available_later = { $from } 起才有空
reason-available_until = 只到 { $until } 有空
reason-place = 不愿在 { $site } 工作，也没有宿舍可补
reason-wage = 期望 { $wish }，上限为 { $ceiling }
reason-floor = { $skill }：已证明 { $found } 级，最低要求 { $needed } 级

question-availability = 本人意愿：时间、地点、工资
question-place = 地点是否合适，或是否愿住宿舍
question-wage = 最低工资期望
question-clearance = 证件，由口岸核验

unlock-start_on = 上岗日改为 { $day } 或以后
unlock-stay_available = 可工作时间延至 { $day } 或以后
unlock-renew = { $document }：续办，使其覆盖 { $day }
unlock-accept_region = 同意在 { $region } 工作
unlock-raise_ceiling = 工资上限提高到 { $to }
unlock-assess = { $skill }：经考核达到 { $level } 级

code-floor = 必备技能经证明低于下限
code-floor-change = 提供岗前培训，或改为加分项
code-dates = 上岗日不能到岗
code-dates-change = 调整上岗日
code-place = 地点不合适，也没有宿舍可补
code-place-change = 提供宿舍
code-wage = 期望高于工资上限
code-wage-change = 提高工资上限
code-clearance = 本岗位不能办妥手续
code-clearance-change = 企业无需办理
code-age = 低于最低年龄
code-age-change = 推迟上岗日；法定年龄不可放宽

component-certificate = 必备技能证书
component-wage = 工资匹配
component-place = 距离或宿舍
component-shift = 班次
component-joint_class = 本企业校企班

working-step = 分档表，最高 { $max }
working-unknown = 没有记录：未知，计 0

standing-qualified = 合格
standing-to_verify = 待核实
standing-unproved = 尚无必备技能得到证明
standing-below_floor = 低于下限
standing-removed = 未列入

distance-village = 同村
distance-township = 同乡镇
distance-county = 同县区
distance-city = 同市
distance-province = 同省
distance-elsewhere = 外省
distance-unknown = 距离未知

shift-day = 白班
shift-evening = 中班
shift-night = 夜班

foreign-quota-unchecked = 配额：未核查

rank-below_floor = 低于下限
rank-removed = 未列入，排名本会最高者在前
rank-unproved = 另有 { $count } 人尚无必备技能得到证明
