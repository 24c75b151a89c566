# Fairness: how groups fare in recorded shortlists, tables of ranked group fairness, proposals of weights.

fairness-heading = { $shortlists } shortlists · { $people } people, considered { $considered } times, selected { $selected } times · selected are the first { $k }
fairness-lead = A flag is a lead: it says where somebody should look, not what they will find, and no list and no decision changes by it.
fairness-withheld-below = Groups of fewer than { $least } people are withheld, together with others, so that no total gives them away.
fairness-no-groups = No group of anybody is known: the file of groups has none of { $attributes } for the people in the lists.
fairness-unknown = unknown
fairness-withheld = withheld
fairness-reference = highest rate
fairness-flag = below 4/5

fairness-attribute-sex = Sex
fairness-attribute-age_band = Age band
fairness-attribute-ethnicity = Ethnicity
fairness-attribute-nationality = Nationality
fairness-attribute-disability = Disability
fairness-attribute-hukou_region = Region of household registration
fairness-attribute-poverty = Poverty (for officials only)

fairness-column-group = group
fairness-column-people = people
fairness-column-considered = considered
fairness-column-selected = selected
fairness-column-rate = rate
fairness-column-interval = 95 % interval
fairness-column-ratio = impact ratio
fairness-column-p = p
fairness-column-exposure = exposure

fairness-ranked = { $group }: at a fair share of { $share }, { $failing } of { $lists } lists have too few at some rank; { $impossible } could not have enough.
fairness-cost = Keeping to the table in { $lists } lists would replace { $replaced } of the selected and cost { $score } points and { $quality } of nDCG on average.

fairness-table-heading = First { $k }, protected with probability { $p }, α = { $alpha }: how many protected people are the fewest at each rank, and at how many ranks
fairness-table-unadjusted = unadjusted
fairness-table-adjusted = adjusted
fairness-table-failing = a fair list fails it with probability { $probability }
fairness-table-alpha = any α from { $from } to below { $below } gives it
fairness-table-alpha-asked = any α from { $from } to what was asked gives it

fairness-fit-proposal = PROPOSAL: these weights rank nobody. A person reads them with the curve below, and accepts them in a new profile or does not.
fairness-fit-heading = { $fitted } rows fitted, { $held_out } kept for the curve, { $unknown } without an outcome yet · { $steps } steps, the last changed no weight by more than { $last } billionths
fairness-fit-feature = component
fairness-fit-weight = weight
fairness-fit-points = points
fairness-fit-intercept = (intercept)
fairness-fit-negative = below 0: somebody should look why
fairness-fit-curve = Reliability, on the rows that were kept: what was predicted beside what happened
fairness-fit-bin = prediction
fairness-fit-rows = rows
fairness-fit-predicted = mean prediction
fairness-fit-observed = happened
fairness-fit-interval = 95 % interval
fairness-feature-skill = Skills
fairness-feature-certificate = Certificates
fairness-feature-wage = Wage
fairness-feature-place = Place
fairness-feature-shift = Shifts
fairness-feature-joint_class = Joint class

fairness-wrong-file = { $count ->
    [one] { $file } has one problem: nothing was computed
   *[other] { $file } has { $count } problems: nothing was computed
  }
fairness-too-few = There are fewer than { $least } people in the lists: any figure would tell of single people
fairness-list-too-long = A list has more than { $max } ranks
fairness-too-many-tables = More than { $max } tables of ranked group fairness would be needed: name one group with --protected
fairness-day-missing = A list has no day, so it cannot be said whether it belongs: leave --from and --until out, or add the column day
fairness-no-such-attribute = { $attribute } is not known of anybody in the lists; known are { $known }
fairness-no-such-group = nobody in the lists is in the group { $group }; there are { $known }
fairness-bad-cross = --cross takes two different attributes: sex,age_band
fairness-bad-protected = --protected takes an attribute and a group: sex=female
fairness-bad-k = --k is from 1 to { $max }
fairness-bad-p = --p lies between 0 and 1, with a denominator of at most { $max }
fairness-bad-alpha = --alpha lies between 0 and 1, with a denominator of at most { $max }
fairness-bad-rows = --rows is from 1 to { $max }
fairness-fit-too-few = { $found } rows have an outcome, { $least } are needed
fairness-fit-all-alike = all outcomes are the same, so nothing tells them apart

field-name_too_long = At most 64 characters.
field-rank_gap = The rank before it is missing: ranks are 1, 2, 3, …
field-other_day = Another row of this list has another day.
field-too_many_groups = At most { $max } groups.
field-not_permille = From 0 to 1000.
field-retained_without_hire = Nobody stays who was not hired.
