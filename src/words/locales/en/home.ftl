# The start of each role.

home-heading = { $name }: { $count ->
    [0] nothing to do
    [one] one task
   *[other] { $count } tasks
  }, { $soon } within two weeks
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
