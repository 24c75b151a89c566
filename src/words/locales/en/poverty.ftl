# Households and decisions about them.

field-outside_bureau = This region is outside { $region }, the region that the bureau answers for.
field-no_head = One of the members must be the head of the household.
field-several_heads = Only one member can be the head of the household.
field-too_many_members = A household has at most { $max } members.
field-in_another_household = This person belongs to another household already.
field-unknown_household = There is no such household in your reach.
field-before_standing = This is before { $standing }, the day of the decision that stands.
field-exit_without_targeting = Only a targeted household can exit.
refusal-needs_a_user = A decision needs somebody who has decided. Name the user.
