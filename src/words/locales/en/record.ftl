# What is wrong with a claim about a skill.

field-evidence_only_own_word = Only an organisation that you act for can vouch for this. Record your own word as “self”.
field-evidence_own_word = An organisation cannot give a person’s own word. Choose what it vouches for.
field-in_future = The day is still to come.
field-last_used_out_of_range = The last use lies between the day on which the level was reached and today.
field-other_voucher = Only who made a claim can correct it.
field-unknown_skill_claim = The person has no such claim about this skill.

field-level_off_scale = The level is from { $min } to { $max }.
field-claim_superseded_before = This claim was corrected before. Correct the newer one.
refusal-claim_superseded_before = This claim was corrected before. Correct the newer one.
