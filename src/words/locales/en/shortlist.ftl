# The shortlist of a vacancy.

shortlist-page = Shortlist { $reference }
shortlist-heading = { $post }: { $qualified } qualified, { $verify } to verify
shortlist-vacancy = Vacancy
shortlist-posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
  }
shortlist-starts = starts { $date }

shortlist-qualified = Qualified
shortlist-verify = To verify
shortlist-removed = Not listed
shortlist-lists = Lists
shortlist-points = { $score } of { $scale } points
shortlist-rank = Rank
shortlist-skill = { $name } level { $level } · { $evidence }
shortlist-qualified-empty = Nobody qualifies at present
shortlist-qualified-empty-text = The list of people to verify and the reasons below say what would change that.
shortlist-ties = ties fall by a hash seeded per vacancy
shortlist-range = { $from }–{ $to } of { $total }

shortlist-addends = How the { $score } points add up
shortlist-addends-of = Addends of { $person }
shortlist-addends-rule = Working: weight × level × evidence × decay, rounded down once, after multiplying
shortlist-addend = Addend
shortlist-working = Working
shortlist-points-column = Points
shortlist-total = Total
shortlist-key = Addend colours

addend-essential = Essential skills
addend-nice = Nice-to-have skills
addend-certificate = Certificate
addend-terms = Wage, distance, shift
addend-joint_class = Joint class

shortlist-verify-rule = At least one essential is proved; what is unknown adds 0 and is not a failure
shortlist-verify-empty = Nobody to verify
shortlist-verify-empty-text = Everybody whose essentials are partly proved is in the list above or not listed.
shortlist-person = Person
shortlist-code = Code
shortlist-proved = Proved
shortlist-unknown = To verify
shortlist-known-points = Known points

shortlist-removed-factory = People not listed, by reason code
shortlist-removed-bands = Bands only, no head-counts
shortlist-removed-official = People not listed, with reasons
shortlist-removed-shown = { $shown } of { $total } shown
shortlist-removed-empty = Nobody was removed
shortlist-removed-empty-text = No hard requirement removed anybody.
shortlist-reason = Reason
shortlist-people = People
shortlist-change = What would change it
shortlist-unlocks = What unlocks it:
shortlist-no-unlock = Nothing unlocks it, and nobody can override it.
shortlist-bar = bar
shortlist-unlisted = unknown

shortlist-asks = What the post asks
shortlist-asks-skill = Skill
shortlist-asks-level = Level
shortlist-asks-weight = Weight
shortlist-asks-essential = { $skill } (essential, floor { $floor })
shortlist-rests-on = What this list rests on
shortlist-profile = Profile
shortlist-engine = Engine
shortlist-as-of = As of
shortlist-quota = Foreign quota
shortlist-quota-unchecked = not checked; removes nobody
shortlist-population = People looked at
shortlist-hire-note = The list only ranks; permits and quota are checked again when somebody is hired.
shortlist-names = What you see
shortlist-names-factory = Before a person applies, your factory sees a code, skills, region and availability: no name, photo or contact.
shortlist-names-official = You see names by statutory duty; this reading was logged.

evidence-self = self-declared
evidence-trained = trained
evidence-assessed = assessed
evidence-certified = certified
evidence-observed = observed

band-fewer_than_10 = fewer than 10
band-10_49 = 10–49
band-50_199 = 50–199
band-200_or_more = 200 or more
