# Quotas: answers, every step to them, what is missing, and what is wrong with the facts of a case.

quota-heading = { $pack } { $version } · { $digest } · asked about { $on }
quota-title-line = { $title } · { $standing }
quota-standing-sourced = figures with official or secondary sources
quota-standing-historical = HISTORICAL: as it once was, not the law of today
quota-standing-fictional = FICTIONAL: made up for tests and trials, nobody's law
quota-assumed = Stated by the case itself, not by the pack: { $names }
quota-assumed-in-vain = Stated by the case, and no rule that was run asks for it: { $names }
quota-line = { $figure }: { $answer }
quota-line-of = { $figure } [{ $of }]: { $answer }
quota-unknown = unknown: { $missing }
quota-nil = none: { $because }
quota-cite = { $name } = { $value } · { $validity } · { $trust } · { $source }
quota-valid-from = from { $from }
quota-valid-to = until before { $to }
quota-valid-between = from { $from } until before { $to }
quota-valid-undated = undated
quota-trust-A = A official text
quota-trust-B = B secondary source
quota-trust-C = C unchecked
quota-trust-D = D computed
quota-trust-fictional = fictional
quota-trust-stated = stated by the case

quota-missing-parameter = the pack has no parameter { $name }
quota-missing-parameter_not_yet = parameter { $name } is not in force yet
quota-missing-parameter_expired = parameter { $name } is in force no more
quota-missing-fact = the facts do not say { $name }
quota-missing-contradiction = the facts contradict themselves: { $name }
quota-missing-payroll_month = payroll month not recorded, or not in time: { $name }
quota-missing-cap = no act caps { $name } on that date
quota-missing-tie_break = nothing puts one before the other: { $name }

quota-reason-bar = bar { $detail } ({ $source })
quota-reason-sector_not_listed = sector { $detail } is not among those of the rule ({ $source })
quota-reason-no_local_insured = { $detail } local insured employees ({ $source })
quota-reason-shares_above_cap = the shares exceed the cap: { $detail } ({ $source })
quota-reason-add_on_not_offered = an add-on of { $detail } is not offered ({ $source })

quota-code-allowed = has room
quota-code-refused = refused
quota-code-pass = met
quota-code-bar = not met
quota-code-yes = yes
quota-code-no = no
quota-code-stop = stop
quota-code-warn = warn: state the reason
quota-code-unlimited = no limit
quota-code-floor = down
quota-code-ceiling = up
quota-code-half_up = to the nearest, the middle up
quota-code-nationals = nationals
quota-code-expats = expatriates
quota-code-revoke = permits in excess are revoked
quota-code-refuse_renewal = permits in excess are not renewed
quota-code-hiring_bar = no hiring for some months
quota-code-annual_salary = annual salary
quota-code-degree = degree
quota-code-experience_years = years of experience
quota-code-months_a_year = months worked a year
quota-code-hsk = language test
quota-code-location = place of work
quota-code-age = age
quota-code-distinctions = distinctions
quota-code-local_bonus = local bonus

quota-figure-locals = weighted locals
quota-figure-month_locals = weighted locals of the month
quota-figure-months = months that count
quota-figure-max_foreign = foreign workers at most
quota-figure-foreign = foreign workers there
quota-figure-headroom = left (below zero: too many)
quota-figure-excess = excess
quota-figure-application = what is applied for
quota-figure-max = at most
quota-figure-used = used
quota-figure-cap = cap
quota-figure-reserved = reserved
quota-figure-balance = balance
quota-figure-binding = binding node
quota-figure-room = room in all nodes
quota-figure-decision = decision
quota-figure-daily = a day
quota-figure-amount = amount
quota-figure-tier = tier
quota-figure-total = total
quota-figure-insured = insured
quota-figure-level_max = the level by itself
quota-figure-eligible = eligible
quota-figure-with_extra = with the extra
quota-figure-without_extra = without the extra
quota-figure-difference = difference
quota-figure-available = available
quota-figure-total_available = available in all
quota-figure-carried_to_next_year = carried to the next year
quota-figure-points = points
quota-figure-granted = granted
quota-figure-left = left over
quota-figure-score = sum of points
quota-figure-category = category
quota-figure-nationals = nationals, mean
quota-figure-expats = expatriates, mean
quota-figure-rate = rate of nationals
quota-figure-band = band
quota-figure-minimum_locals = nationals at least
quota-figure-lacking = nationals lacking
quota-figure-max_interns = interns at most
quota-figure-interns = interns there
quota-figure-max_on_post = interns on the post at most
quota-figure-on_post = interns on the post
quota-figure-balance_on_post = balance on the post
quota-figure-worst_balance = smallest balance of the period
quota-figure-first_day_over = first day with too many
quota-figure-verdict = verdict
quota-figure-open_days = days open
quota-figure-open_long_enough = open long enough
quota-figure-unfilled = still unfilled
quota-figure-certificate_in_date = certificate in date
quota-figure-apply_until = last day to apply
quota-figure-new = a new permit
quota-figure-renewal = a renewal
quota-figure-cure_clock_months = months to cure it
quota-figure-cure_until = last day to cure it
quota-figure-then = what comes then
quota-figure-hiring_bar_months = months without hiring

quota-step-month_stated = { $month }: stated { $stated } = { $result }
quota-step-month = { $month }: people × weight: { $terms }; cap on students −{ $capped } = { $result } (rows of the same person beyond the first: { $duplicates }; counting nothing by role or number of employers: { $excluded })
quota-step-locals_stated = weighted locals, stated: L = { $result }
quota-step-window = months that count for { $node }: { $months }, up to { $result }
quota-step-mean = mean: ({ $sum }) ÷ { $count } = { $result }
quota-step-foreign_stated = foreign workers, stated: { $result }
quota-step-foreign_counted = { $node }: people whose permits take a place: { $result }; places held: { $reserved }; permits that ran out without proof of exit: { $run_out }
quota-step-used_stated = { $node }: stated: { $result } places taken, { $reserved } held
quota-step-balance = { $max } − { $used } − { $reserved } = { $result }
quota-step-round = { $value } rounded { $way }: { $result }
quota-step-exempt = sector { $sector } is exempt: { $result }
quota-step-share_of_total = F ≤ L × d ÷ (1 − d) = { $locals } × { $share } ÷ (1 − { $share }) = { $result }
quota-step-total_and_applicant = base with the applicant: { $total } + 1 = { $result }
quota-step-share_of_base = { $base } × { $share } = { $result }
quota-step-total_stated = all, stated: T = { $result }
quota-step-total = all: T = { $locals } + { $foreign } = { $result }
quota-step-multiple = { $locals } × { $factor } = { $result }
quota-step-table = last step of the table that { $at } reaches: { $result }
quota-step-bar = bar { $bar } comes before any number ({ $source }): { $result }
quota-step-sector_not_listed = sector { $sector } is not among { $sectors }: { $result }
quota-step-nodes = a permit takes a place in { $result } nodes: { $nodes }
quota-step-cap_unlimited = { $node }: { $result }
quota-step-cap = { $node }: cap { $result }
quota-step-balance_of_node = { $node }: { $max } − { $used } − { $reserved } = { $result }
quota-step-binding = the smallest balance, { $result }, is that of { $nodes }
quota-step-decision = { $places } places; nodes without room: { $without }; { $result }
quota-step-daily = { $monthly } × 12 ÷ 365 = { $result } a day
quota-step-round_cent = { $value } rounded { $way } to the cent: { $result }
quota-step-days = { $daily } × { $days } days, rounded { $way } to the cent: { $result }
quota-step-tier = { $worker }: { $before } before it; tier { $tier } begins at { $from } × { $total } workers: { $result } a month
quota-step-insured_stated = insured, stated: { $result }
quota-step-shares = shares together: { $sum } = { $result }
quota-step-above_cap = { $share } is above { $max }: { $result }
quota-step-less_employed = { $max } − { $used } employed = { $result }
quota-step-difference = { $with } − { $without } = { $result }
quota-step-pools_total = all pools: { $sum } = { $result }
quota-step-year_is_lost = what is unused on { $year_ends } is lost: { $result } carried over
quota-step-pool = { $pool }: { $max } + { $carried } carried − { $used } used = { $result }
quota-step-half_is_over = { $pool } ended before { $ended }: { $result } go to the next half
quota-step-issued = { $pool }: issued { $sum } = { $result } ({ $extensions } extensions do not count)
quota-step-round_of_pool = round { $round }: { $max } − { $used } = { $result } ({ $act })
quota-step-too_late = { $firm } asked on { $result }, after the close
quota-step-points_of_firm = { $firm }: { $basic } + { $bonus } − { $penalty } = { $result }
quota-step-grant = { $firm } asks for { $requested }, { $left } are left: gets { $result }
quota-step-points = { $part } ({ $found }): { $result }
quota-step-score = { $sum } = { $result }
quota-step-category = { $score } points; A from { $a }, B from { $b }: { $result }
quota-step-weekly_mean = { $who }: { $sum } over { $weeks } weeks = { $result }
quota-step-week = { $day }: people × weight: { $terms }; cap on students −{ $capped } = { $result } nationals, { $expats } expatriates (rows of the same person beyond the first: { $duplicates })
quota-step-rate = { $nationals } ÷ ({ $nationals } + { $expats }) = { $result }, not rounded
quota-step-band = the last band that { $rate } reaches: { $result }
quota-step-named_sector = { $staff } skilled staff, from { $size_min } on in a named sector: { $result }
quota-step-too_small = { $staff } skilled staff, the rule begins at { $size_min }: { $result }
quota-step-per_begun = { $staff } ÷ { $per } = { $result }
quota-step-rising_share = { $share } + { $step } × { $half_years } half-years = { $result }
quota-step-period = smallest balance { $balance }, on { $day }: { $result }
quota-step-open_days = from { $opened } until { $closed }: { $result } days, { $min } needed
quota-step-certificate = { $certified } + { $months } months = { $result } is the last day; applied on { $applied }
quota-step-excess = { $used } − { $max }, none below zero: { $result }
quota-step-cure_clock = notice on { $notice } + { $months } months = { $result } is the last day

quota-bad-facts = The facts are no case: { $count ->
    [one] one problem
   *[other] { $count } problems
  }
quota-bad-json = The facts are not JSON: line { $line }, column { $column }: { $detail }
quota-facts-too-long = The facts are longer than { $bytes } bytes
quota-problem-not_text = is not text
quota-problem-empty = is empty
quota-problem-too_long = is longer than { $detail } characters
quota-problem-not_a_date = is not a date such as { $detail }
quota-problem-not_a_month = is not a month such as { $detail }
quota-problem-not_exact = is not an exact number such as { $detail }
quota-problem-below_zero = is below zero: { $detail }
quota-problem-not_a_flag = is not one of { $detail }
quota-problem-not_one_of = is not one of { $detail }
quota-problem-not_a_list = is not a list
quota-problem-too_many = has more than { $detail } items
quota-problem-not_pairs = is not pairs such as { $detail }
quota-problem-not_rising = does not rise
quota-problem-not_an_object = is not an object
quota-problem-unknown_field = is not known; known are { $detail }
quota-problem-missing_field = is missing: { $detail }
quota-problem-exactly_one_of = exactly one of { $detail } is to be given
quota-problem-both_or_neither = give both or neither of { $detail }
quota-problem-out_of_range = is out of range: { $detail }
quota-problem-twice = stands twice: { $detail }
quota-problem-no_such_node = no such node in that tree: { $detail }
quota-problem-other_tree = is in the other tree: { $detail }
quota-problem-ring = the nodes above lead back to it: { $detail }
quota-problem-caps_overlap = two caps hold on the same day: { $detail }
quota-problem-no_such_person = no such person: { $detail }
quota-problem-ends_before_it_begins = ends before it begins: { $detail }

quota-no-such-rule = The pack has no rule { $rule }; it has { $rules }
quota-no-such-pack = There is no pack { $pack }; there are { $packs }
quota-pack-ambiguous = There are several versions of { $pack }; name one of { $packs }
quota-pack-taken = { $file } has the name and version of another pack, { $pack }, and says something else
quota-pack-broken = { $file } is no pack: { $detail }
quota-file-unreadable = { $file } cannot be read: { $detail }
quota-pack-line = { $name }@{ $version } · { $country } · { $standing } · { $families } · { $title }
quota-test-line = { $name }@{ $version }: { $examples } examples, { $compared } answers compared, { $wrong } wrong
quota-test-wrong = { $pack } { $example } { $figure }: { $expected } expected, { $found } found
quota-test-failed = A pack does not give its own examples, and cannot be used
