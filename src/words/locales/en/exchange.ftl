# Importing a file: where something is wrong, and what became of the file. Notices and background work.

import-part = { $part }: { $detail }
import-cell = row { $row }, column { $column }: { $detail }
import-row = row { $row }: { $detail }
import-file = the file: { $detail }
import-more = … and { $count ->
    [one] one more
   *[other] { $count } more
  }

import-rejected = { $count ->
    [one] one problem: nothing was changed
   *[other] { $count } problems: nothing was changed
  }
import-tried = { $count ->
    [one] one row would be imported; nothing was changed: run again with --commit
   *[other] { $count } rows would be imported; nothing was changed: run again with --commit
  }
import-done = { $count ->
    [one] one row imported
   *[other] { $count } rows imported
  }

notifications-title = Notices
notifications-heading = { $count ->
    [0] Notices: all read
    [one] Notices: one unread
   *[other] Notices: { $count } unread
  }
notifications-lead = What happened that concerns you, the newest first.
notifications-all = All notices
notifications-read = Mark as read
notifications-was-read = read
notifications-empty = No notices yet
notifications-empty-text = You are told here when something needs you, or was done for you.
notifications-shown = { $count ->
    [one] { $count } notice on this page
   *[other] { $count } notices on this page
  }
notification-permit_submitted = Permit { $reference } was submitted; it would begin on { $starts_on }.
notification-enrolment_finished = Class { $reference } is finished: { $skills ->
    [one] one skill was
   *[other] { $skills } skills were
  } added to your record.
notification-document_expires = Permit { $reference }: { $part } ends on { $last_day }, { $days ->
    [one] tomorrow or today
   *[other] within { $days } days
  }.

document-work_registration = Work registration
document-temporary_residence = Temporary residence
document-accident_insurance = Accident insurance
document-contract = Contract

work-lead = What the machinery does by itself and what was asked for: how far it is, and why it failed.
work-empty = Nothing here
work-empty-text = Work appears here when its time comes, or when somebody asks for it.
work-shown = { $count ->
    [one] { $count } job on this page
   *[other] { $count } jobs on this page
  }
work-filter = Filter jobs
work-what = Work
work-state = State
work-state-any = all
work-state-queued = waiting
work-state-running = running
work-state-done = done
work-state-failed = failed
work-state-cancelled = cancelled
work-progress = Progress
work-tries = Tries
work-when = Ended, or due
work-cancel = Cancel
work-kind-sweep_sessions = Remove ended sessions
work-kind-sweep_jobs = Remove old jobs, notices and mails
work-kind-send_mail = Send a mail
work-kind-sweep_idempotency_keys = Forget old keys of requests
work-kind-expiry_notices = Tell of documents that end

refusal-job_over = The job is over already. Nothing was changed.
