# 外籍务工人员与许可：字段错误、拒绝原因以及各项核查的结果。

field-unknown_country = 没有这个国家代码。请填写 ISO 3166-1 的两个大写字母，例如 VN。
field-unknown_port = 贵局没有负责这个编号的口岸。
field-unknown_person = 在您的管辖范围内没有这个编号的人员。
field-unknown_vacancy = 该用人单位没有这个编号的在招岗位。
field-unknown_permit = 此人没有这个编号的许可。
field-unknown_document = 没有属于此人、此类别和此许可的这份材料。
field-superseded_before = 这份材料已被另一份取代，请指明最新的一份。
field-evidence_not_seen = 证件必须属于同一国家，并且已查验或经签发机关确认，才能作为证据。
field-document_number_form = 证件号码只能包含字母 A 到 Z 和数字。
field-not_a_factory = 只有正常经营的工厂才能在此用工。
field-port_out_of_reach = 该口岸的主管局不负责用人单位所在地区。
field-term_too_long = 最多 { $max } 天。

refusal-permit_past_step = 该许可已过这一步骤。
refusal-superseded_before = 那份材料已被另一份取代。请刷新后指明最新的一份。

permit-status-draft = 草稿
permit-status-submitted = 已提交
permit-status-withdrawn = 已撤回

permit-part-travel_document = 护照或边境通行证
permit-part-health_certificate = 健康证明
permit-part-training_certificate = 培训证明

permit-finding-covers = 有效
permit-finding-unknown = 缺失，或未登记截止日期
permit-finding-ended = 已过期
permit-finding-begins = 尚未生效

permit-bar-dprk = 有记录涉及朝鲜国籍：任何人都不得批准其务工。
permit-bar-nationality_missing = 未登记国籍。
permit-bar-nationality_declared = 国籍仅有本人陈述。
permit-bar-nationality_contradicted = 证件上的国家互相矛盾。
permit-bar-nationality_birthplace = 出生于朝鲜，且没有证明具有其他国籍。
permit-bar-under_age = 首日未达到法定年龄。
permit-bar-age_unknown = 未登记出生日期。
permit-bar-document_unknown = 有一份材料缺失，或未登记截止日期。
permit-bar-document_ended = 有一份材料在首日之前到期。
permit-bar-document_begins = 有一份材料在首日之后才生效。
