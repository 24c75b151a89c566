# 文件导入：何处有误，以及文件的处理结果；通知与后台任务。

import-part = { $part }：{ $detail }
import-cell = 第 { $row } 行，{ $column } 列：{ $detail }
import-row = 第 { $row } 行：{ $detail }
import-file = 文件：{ $detail }
import-more = …… 另有 { $count } 处

import-rejected = 共 { $count } 处错误：未作任何改动
import-tried = 可导入 { $count } 行；尚未作任何改动：请加 --commit 再次运行
import-done = 已导入 { $count } 行

notifications-title = 通知
notifications-heading = { $count ->
    [0] 通知：全部已读
   *[other] 通知：{ $count } 条未读
  }
notifications-lead = 与您有关的事项，最新的在前。
notifications-all = 全部通知
notifications-read = 标为已读
notifications-was-read = 已读
notifications-empty = 暂无通知
notifications-empty-text = 需要您处理或已为您办理的事项会显示在这里。
notifications-shown = 本页 { $count } 条通知
notification-permit_submitted = 许可 { $reference } 已提交，拟自 { $starts_on } 开始。
notification-enrolment_finished = 订单班 { $reference } 已结业：您的记录新增 { $skills } 项技能。
notification-document_expires = 许可 { $reference }：{ $part }将于 { $last_day } 到期（{ $days ->
    [1] 今明两天
   *[other] { $days } 天内
  }）。

document-work_registration = 用工登记
document-temporary_residence = 临时居留证明
document-accident_insurance = 意外伤害保险
document-contract = 劳动合同

work-lead = 系统自动执行以及有人要求执行的工作：进度如何，为何失败。
work-empty = 这里没有任务
work-empty-text = 到了时间或有人要求时，任务会显示在这里。
work-shown = 本页 { $count } 项任务
work-filter = 筛选任务
work-what = 任务
work-state = 状态
work-state-any = 全部
work-state-queued = 等待
work-state-running = 进行中
work-state-done = 完成
work-state-failed = 失败
work-state-cancelled = 已取消
work-progress = 进度
work-tries = 尝试次数
work-when = 结束或预定时间
work-cancel = 取消
work-kind-sweep_sessions = 清理已失效的会话
work-kind-sweep_jobs = 清理旧任务、旧通知和旧邮件
work-kind-send_mail = 发送邮件
work-kind-sweep_idempotency_keys = 清理旧的请求键
work-kind-expiry_notices = 提醒即将到期的证件

refusal-job_over = 任务已经结束。未作任何改动。
