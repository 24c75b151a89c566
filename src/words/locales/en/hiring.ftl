# Vacancies, and why one person stands where they stand.

yes = yes
no = no

vacancies-heading = { $count ->
    [0] No vacancies
    [one] One vacancy on this page
   *[other] { $count } vacancies on this page
  }
vacancies-lead = Newest first. The shortlist is computed when you open it.
vacancies-status = Status
vacancies-filter = Filter vacancies
vacancies-empty = No vacancy here
vacancies-empty-text = Nothing matches this filter in your reach.
vacancies-shown = { $count } shown
vacancies-post = Post
vacancies-site = Site
vacancies-region = Region
vacancies-posts = Posts
vacancies-wage = Monthly wage
vacancies-starts = Starts
vacancies-shifts = Shifts
vacancies-dormitory = Dormitory
vacancies-age = Minimum age
vacancies-age-law = as the law says
vacancies-floor = Floor
vacancies-essential = essential
vacancies-weights = A floor is the least level; a weight is the share of the skill points
vacancies-about = The post
vacancy-edit = Change
vacancy-edit-heading = Change { $reference }
vacancy-edit-lead = Site, occupation, reference and skills stay. For others post a new vacancy.
vacancy-edit-title-zh = Title in Chinese
vacancy-edit-title-en = Title in English
vacancy-edit-wage-min = Least monthly wage
vacancy-edit-wage-max = Highest monthly wage
vacancy-edit-yuan = In yuan.
vacancy-edit-offers = The post offers
vacancy-edit-age = Leave it empty for what the law says.
vacancy-edit-now = Now: { $value }.
vacancy-edit-overtaken = What you typed is still here, and beside it what stands there now. Save again if yours should hold.
vacancy-edit-save = Save
vacancy-edit-leave = Leave it as it is
vacancies-close = Close the vacancy
vacancies-close-text = It is not ranked any more. This cannot be undone; post a new one instead.
vacancy-status-open = open
vacancy-status-closed = closed

shortlist-available = available from { $date }

why-heading = { $person }: { $standing }, { $score } points
why-score = How the points add up
why-reasons = Reasons and open questions
why-nothing = Nothing stands in the way
why-nothing-text = Every hard filter is met and every question is answered.

reference-title = API reference
reference-problems = Codes of problems
