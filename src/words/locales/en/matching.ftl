# Reasons, questions, unlocks and addends of the ranking.

check-dprk = A record names the nationality of the DPRK: no work may be authorised, in any status
check-nationality_missing = No nationality is recorded
check-nationality_declared = The nationality rests on the person's own word
check-nationality_contradicted = Documents name different nationalities
check-nationality_birthplace = Born in the DPRK, and no other nationality is proved
check-under_age = Aged { $found } on the start date; the law asks for { $needed }, reached on { $from }
check-age_unknown = The birth date is not recorded
check-document_unknown = { $document }: missing, or its end is not recorded
check-document_ended = { $document }: ended on { $until }
check-document_begins = { $document }: valid only from { $from }

document-travel_document = Passport or border pass
document-health_certificate = Health certificate
document-training_certificate = Training certificate

reason-under_post_age = Aged { $found } on the start date; this post asks for { $needed }, reached on { $from }
reason-available_later = Free only from { $from }
reason-available_until = Free only until { $until }
reason-place = Does not want to work in { $site }, and no dormitory bridges the distance
reason-wage = Expects { $wish }; the ceiling is { $ceiling }
reason-floor = { $skill }: level { $found } is proved, { $needed } is the least

question-availability = What the person wants: dates, places, wage
question-place = Whether the place suits, or a dormitory would
question-wage = The least wage wished
question-clearance = Papers, to be checked by the port

unlock-start_on = Start on { $day } or later
unlock-stay_available = Stay available until { $day } or later
unlock-renew = { $document }: renew it so that it covers { $day }
unlock-accept_region = Agree to work in { $region }
unlock-raise_ceiling = Raise the ceiling to { $to }
unlock-assess = { $skill }: be assessed at level { $level }

code-floor = Essential skill proved below the floor
code-floor-change = Offer induction training, or make the skill a nice-to-have
code-dates = Not free on the start date
code-dates-change = Move the start date
code-place = Place does not suit and no dormitory bridges it
code-place-change = Offer a dormitory
code-wage = Expects more than the ceiling
code-wage-change = Raise the wage ceiling
code-clearance = Not clearable for this post
code-clearance-change = Nothing on your side
code-age = Below the minimum age
code-age-change = A later start; the law's own age cannot be waived

component-certificate = Certificates for the essentials
component-wage = Wage fit
component-place = Distance or dormitory
component-shift = Shift
component-joint_class = Joint class of this factory

working-step = step table, at most { $max }
working-unknown = No record: unknown, adds 0

standing-qualified = Qualified
standing-to_verify = To verify
standing-unproved = No essential proved yet
standing-below_floor = Below the floor
standing-removed = Removed

distance-village = same village
distance-township = same township
distance-county = same county
distance-city = same city
distance-province = same province
distance-elsewhere = another province
distance-unknown = distance unknown

shift-day = day
shift-evening = evening
shift-night = night

foreign-quota-unchecked = quota: not checked

rank-below_floor = Below the floor
rank-removed = Removed, first those who would rank highest
rank-unproved = { $count ->
    [one] { $count } more person has no proved essential skill yet
   *[other] { $count } more people have no proved essential skill yet
  }
