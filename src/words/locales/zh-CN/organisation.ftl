# 单位及其场所、地区、国家，以及代表单位登录的人。

field-credit_code_form = 统一社会信用代码为 18 位数字和大写字母（不含 I、O、S、V、Z），自第三位起六位为地区数字。
field-credit_code_check = 校验码与前面各位不符，请检查是否有误。
field-not_a_bureau = 该单位不是人社部门。
field-region_code_form = 地区代码为 2、4、6、9 或 12 位数字，首位为 1 至 8。
field-unknown_parent = 上级地区不存在，请先导入或一并导入。
field-country_code_form = 国家代码为两个大写字母。
field-other_kind_for_role = 此类单位不能设这一角色。
field-unknown_user = 没有这个用户。
