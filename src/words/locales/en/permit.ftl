# Foreign workers and permits: what can be wrong with a field, why a step is refused, and what the checks found.

field-unknown_country = No country has this code. Give two capital letters of ISO 3166-1, such as VN.
field-unknown_port = No port with this number has its desk at your bureau.
field-unknown_person = No person with this number is in your reach.
field-unknown_vacancy = The employer has no open vacancy with this number.
field-unknown_permit = This person has no permit with this number.
field-unknown_document = There is no such document of this person, kind and permit.
field-superseded_before = Another document has already taken the place of this one. Name the newest.
field-evidence_not_seen = A document counts only when it is of the same country and was sighted or confirmed.
field-document_number_form = A document's number has letters A to Z and digits only.
field-not_a_factory = Only a factory that is in business can employ here.
field-port_out_of_reach = The bureau at this port does not answer for the employer's region.
field-term_too_long = At most { $max } days.

refusal-permit_past_step = The permit is past this step.
refusal-superseded_before = Another document has already taken the place of that one. Reload and name the newest.

permit-status-draft = draft
permit-status-submitted = submitted
permit-status-withdrawn = withdrawn

permit-part-travel_document = Passport or border pass
permit-part-health_certificate = Health certificate
permit-part-training_certificate = Training certificate

permit-finding-covers = valid
permit-finding-unknown = missing, or its end is not recorded
permit-finding-ended = ended
permit-finding-begins = not valid yet

permit-bar-dprk = A record names the DPRK: nobody can approve work.
permit-bar-nationality_missing = No nationality is recorded.
permit-bar-nationality_declared = The nationality rests on the person's word alone.
permit-bar-nationality_contradicted = Documents name different countries.
permit-bar-nationality_birthplace = Born in the DPRK, and no other nationality is proved.
permit-bar-under_age = Too young on the first day.
permit-bar-age_unknown = The birth date is not recorded.
permit-bar-document_unknown = A document is missing, or its end is not recorded.
permit-bar-document_ended = A document ends before the first day.
permit-bar-document_begins = A document begins after the first day.
