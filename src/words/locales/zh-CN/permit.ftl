# 外籍务工人员与许可：字段错误与拒绝原因。

field-unknown_port = 贵局没有负责这个编号的口岸。
field-unknown_vacancy = 该用人单位没有这个编号的在招岗位。
field-unknown_permit = 此人没有这个编号的许可。
field-unknown_document = 没有属于此人、此类别和此许可的这份材料。
field-evidence_not_seen = 证件必须属于同一国家，并且已查验或经签发机关确认，才能作为证据。
field-document_number_form = 证件号码只能包含字母 A 到 Z 和数字。
field-not_a_factory = 只有正常经营的工厂才能在此用工。
field-port_out_of_reach = 该口岸的主管局不负责用人单位所在地区。
field-term_too_long = 最多 { $max } 天。

refusal-permit_past_step = { $status ->
    [submitted] 该许可已经提交。
   *[other] 该许可已撤回，请另行起草。
}
field-superseded_before = 此证件已被替换过。请替换较新的那一份。
refusal-superseded_before = 此证件已被替换过。请替换较新的那一份。
