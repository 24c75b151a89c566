# Foreign workers and permits: what can be wrong with a field, and why a step is refused.

field-unknown_port = No port with this number has its desk at your bureau.
field-unknown_vacancy = The employer has no open vacancy with this number.
field-unknown_permit = This person has no permit with this number.
field-unknown_document = There is no such document of this person, kind and permit.
field-evidence_not_seen = A document counts only when it is of the same country and was sighted or confirmed.
field-document_number_form = A document's number has letters A to Z and digits only.
field-not_a_factory = Only a factory that is in business can employ here.
field-port_out_of_reach = The bureau at this port does not answer for the employer's region.
field-term_too_long = At most { $max } days.

refusal-permit_past_step = { $status ->
    [submitted] This permit is handed in already.
   *[other] This permit is withdrawn: draft another one.
}
field-superseded_before = This document was replaced before. Replace the newer one.
refusal-superseded_before = This document was replaced before. Replace the newer one.
