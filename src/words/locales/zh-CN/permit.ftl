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

# 许可卡片及其效力。
card-title = 外国人务工许可
card-reference = 编号
card-holder = 持有人
card-employer = 用人单位
card-post = 岗位
card-area = 有效地点
card-term = 有效期
card-compare-face = 请将本人与旅行证件上的照片比对：卡片可能被复制。
card-check-code = 扫描二维码，用 ballast permit verify 对照当日的状态名单核验。
card-check-area = 许可仅限于本单位、本岗位、本地点。
card-verdict-valid = 许可有效。
card-verdict-forged = 卡片不是签发机关所制，或已被改动：不能证明任何事。
card-verdict-key_not_in_use = 卡片签名所用密钥当时不在使用期内：不能证明任何事。
card-verdict-not_yet = 许可尚未生效。
card-verdict-expired = 许可已到期。
card-verdict-stopped = 许可已被中止、吊销、终止或替换：无效。
card-verdict-status_unknown = 许可是否被停用不明：请对照签发机关的名单核验（--list）。
card-verdict-status_stale = 许可是否被停用不明：名单过旧，请取新名单。
card-file-too-long = { $file } 过长，不是这类文件。
card-file-malformed = { $file } 的格式不是这类文件的格式。
card-file-other = { $file } 是别的文件，或其签名方式不在使用之列。
card-font-wrong = 无法读取字体：请用 --font 给出 TrueType 或 OpenType 字体。
card-code-long = 此卡片的二维码过长，无法绘制。
card-not-drawn = 无法绘制卡片。
