# 第二重验证：密码之外再出示的凭据。

second-factor-title = 两步验证
second-factor-lead = 登录时除密码外，还要输入手机应用上的验证码。只知道密码的人进不来。
second-factor-open = 两步验证
second-factor-must = 请先设置两步验证。
second-factor-must-text = 您的角色可以看到许多他人信息，只凭密码不够。设置完成之前不能办理其他事项。
second-factor-app = 手机应用验证码
second-factor-none = 尚未设置。任何一次性验证码应用都可以，不需要联网。
second-factor-begin = 开始设置
second-factor-again = 换一个密钥重新开始
second-factor-demonstration = 演示账号人人可用，所以这里不要求两步验证。正式安装时，经办人员和管理员必须设置。
second-factor-on = 已启用
second-factor-since = 自 { $moment } 起
second-factor-remove = 停用
second-factor-scan = 用手机应用扫描图片，或输入旁边的字母。
second-factor-type-first = 然后输入应用显示的六位数字。
second-factor-qr = 密钥的二维码；旁边有同样内容的字母。
second-factor-secret = 也可以手动输入：
second-factor-once = 只显示这一次
second-factor-first-code = 应用显示的六位数字
second-factor-confirm = 确认
second-factor-done = 两步验证已启用，其他设备上的登录已全部失效。
second-factor-ask = 还差一步
second-factor-ask-text = 请输入手机应用现在显示的验证码。手机不在身边？可以用一个恢复码。
second-factor-code = 验证码
second-factor-code-hint = 应用的六位数字，或一个恢复码。
second-factor-wrong = 验证码不对，或已经用过。请等下一个验证码再试。多次不对须等几分钟。
second-factor-back = 返回
second-factor-renewed = 新的恢复码已生成，以前的全部作废。
recovery-title = 恢复码
recovery-once = 请现在保存这些恢复码，以后不再显示。
recovery-once-text = 每个恢复码可以代替一次手机验证码。请打印或抄下，与手机分开保管。
recovery-left = { $count ->
    [0] 恢复码已用完。
   *[other] 还剩 { $count } 个恢复码。
  }
recovery-few = 请尽早重新生成。
recovery-hint = 每个可以代替一次手机验证码。
recovery-renew = 重新生成恢复码
notification-second_factor_reset = 管理员撤销了您的两步验证，您在各处的登录已全部失效。如果不是您要求的，请告知管理员。
passkey-title = 通行密钥
passkey-hint = 通行密钥等于两步验证，不需要输入密码。
passkey-none = 还没有。通行密钥保存在您的手机、电脑或安全密钥上，用指纹、面容或 PIN 解锁。
passkey-name = 名称
passkey-name-hint = 例如设备的名称。
passkey-make = 创建通行密钥
passkey-remove = 移除
passkey-failed = 没有完成。没有任何更改，可以再试一次。
passkey-sign-in = 用通行密钥登录
passkey-sign-in-text = 已在这里创建过通行密钥？不需要登录名和密码。
passkey-wrong = 此通行密钥在这里无法登录。请用登录名和密码登录，或再试一次。
