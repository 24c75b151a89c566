# The start of each role.

home-heading = { $name }: { $count ->
    [0] nothing to do
    [one] one task
   *[other] { $count } tasks
  }{ $soon ->
    [0] {""}
   *[other] , { $soon } within two weeks
  }
home-dates = legal dates are civil dates in Shanghai's zone, valid to the end of the day
home-all-vacancies = All vacancies
home-nothing = Nothing to do
home-nothing-text = New tasks appear here by themselves.
home-more = and { $count } more, less urgent
home-days-left = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
  }
home-days-over = { $days ->
    [one] { $days } day over
   *[other] { $days } days over
  }
home-today = today
home-fill = to fill
home-vacancy = { $reference } · { $count ->
    [one] { $count } post
   *[other] { $count } posts
  } · { $wage }
home-permit-title = Permit { $reference }
home-permit = { $starts } to { $ends } · open checks: { $checks }
home-permit-clear = { $starts } to { $ends }
home-permit-bar = barred
home-permit-unknown = evidence missing
home-permit-pass = checks passed
home-class-title = Certify: { $title }
home-class = { $reference } · { $count ->
    [one] { $count } person still in the class
   *[other] { $count } people still in the class
  }
home-classes = Joint classes
home-class-name = Class
home-class-enrolled = In class / seats
home-class-finished = Finished
home-class-planned = planned
home-class-running = running
home-class-over = over
home-no-classes = No joint class
home-no-classes-text = A school opens one under an agreement with a factory.
home-record = My skill record
home-evidence = Who stands behind it
home-achieved = Reached on
home-no-record = No skill recorded yet
home-no-record-text = Your school records what you learn; you can add your own word.
home-say-wishes = Say what you want
home-say-wishes-text = From when, where, for what wage: until it is known, no post can be offered for sure.
home-frameworks = Classifications loaded
shortlist-skill-name = Skill

class-teaches = What it teaches
class-hours = Hours
class-since = Since
class-roster = Roster: { $count ->
    [one] { $count } person
   *[other] { $count } people
  }
class-counts = Places
class-nobody = Nobody is in this class
class-nobody-text = The school enrols its trainees.
class-status-enrolled = in the class
class-status-finished = finished
class-status-withdrawn = left
class-finish = Finish the class
class-finish-text = Everybody still in it ({ $count }) gets one trained claim for each skill that it teaches, dated today.

permit-heading = Permit { $reference }: { $count ->
    [0] no check is open
    [one] one check is open
   *[other] { $count } checks are open
  }
permit-lead = The checks are run for the first day of the term. Nothing can be approved here yet.
permit-part = Document
permit-finding = On the first day
permit-day = Day
permit-finding-covers = covers it
permit-finding-unknown = unknown
permit-finding-ended = ended before
permit-finding-begins = begins after
permit-term = Term
permit-covered = Covered until
permit-bundle = Person-bound documents
permit-facts = The permit
permit-checks = Checks that do not pass
permit-no-bars = Every check passes
permit-no-bars-text = Of those that are run so far: C1, C2, C6a, C8. Quota is not checked.
permit-status-draft = draft
permit-status-submitted = submitted
permit-status-withdrawn = withdrawn

permit-bar-dprk = A record names the nationality of the DPRK
permit-bar-nationality_missing = No nationality is recorded
permit-bar-nationality_declared = The nationality rests on the person's own word
permit-bar-nationality_contradicted = Documents name different nationalities
permit-bar-nationality_birthplace = Born in the DPRK, and no other nationality is proved
permit-bar-under_age = Below the law's age on the first day
permit-bar-age_unknown = The birth date is not recorded
permit-bar-document_unknown = Missing, or its end is not recorded
permit-bar-document_ended = Ended before the first day
permit-bar-document_begins = Valid only after the first day
