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

# The card of a permit, and what it is worth.
card-title = Work permit
card-reference = Reference
card-holder = Holder
card-employer = Employer
card-post = Occupation
card-area = Holds at
card-term = Term
card-compare-face = Compare the face with the photograph in the travel document: a card can be copied.
card-check-code = Scan the code and check it with ballast permit verify, against a list of today.
card-check-area = The permit holds for this employer, occupation and place only.
card-verdict-valid = This permit stands.
card-verdict-forged = This card was not made by the issuer, or was changed: it proves nothing.
card-verdict-key_not_in_use = This card was signed with a key outside the time in which it was in use: it proves nothing.
card-verdict-not_yet = This permit does not hold yet.
card-verdict-expired = This permit is over.
card-verdict-stopped = This permit was suspended, revoked, ended or replaced: it does not hold.
card-verdict-status_unknown = Whether this permit was stopped is unknown: check it against the issuer's list (--list).
card-verdict-status_stale = Whether this permit was stopped is unknown: the list is too old. Fetch a new one.
card-file-too-long = { $file } is longer than any such file.
card-file-malformed = { $file } is not in the form of such a file.
card-file-other = { $file } is something else, or is signed in a way that is not used here.
card-font-wrong = The font cannot be read: give a TrueType or OpenType font with --font.
card-code-long = The code of this card is too long to be drawn.
card-not-drawn = The card cannot be drawn.
