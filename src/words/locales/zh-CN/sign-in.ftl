# 登录页。

sign-in-title = 登录
sign-in-for-whom = 供学校、工厂、劳动部门经办人员和学员使用。
sign-in-login = 登录名
sign-in-password = 密码
sign-in-password-hint = 可以粘贴。
sign-in-submit = 登录
sign-in-failed = 登录名或密码不对，请核对后再试。多次不对须等几分钟；以前登录过的设备不受他人影响。
sign-in-too-many = 尝试次数过多，请 { $minutes } 分钟后再试。
sign-in-expired = 此页打开太久，请重新登录。

sign-in-drawing-title = 压到载重线的船
sign-in-drawing-text = 甲板上方的丝线织成一匹布，压舱石沉在船底，船舷上的载重线标志说明船最多能吃水多深。

sign-in-about = 压舱石做什么
sign-in-about-school = 学校记下学到的本领
sign-in-about-school-text = 每项技能都有等级、日期和依据：培训、考核、证书或在岗观察。
sign-in-about-factory = 工厂看到谁合适、为什么
sign-in-about-factory-text = 名单按分值排列，每一分都能用手算出来。本人同意之前不显示姓名。
sign-in-about-official = 经办人员看到卡在哪里、怎样解除
sign-in-about-official-text = 每次不通过都写明规则和解除办法。未知既不算通过，也不算不通过。

sign-in-demo = 以这些身份试用
sign-in-demo-hint = 这是演示：以下账号人人可用。
sign-in-demo-role = 角色

sign-in-shared = 手机或电脑与人共用？
sign-in-shared-text = 用完请退出。任何人不得代管您的手机或代您登录。
