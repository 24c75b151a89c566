consents-title = Who asks to know you
consents-lead = A factory sees a code, your skills and your county. It learns your name only if you say yes here, and only that factory. You can change your mind at any time.
consents-empty = Nobody has asked
consents-empty-text = When a factory wants to know who you are, it appears here.
consents-shown = { $count ->
    [one] { $count } request on this page
   *[other] { $count } requests on this page
  }
consents-for = For
consents-asked = Asked
consents-state = Your answer
consents-opens = What yes opens
consents-opens-text = Your name, for this factory alone. Never anything about your household.
consents-give = Yes, it may know me
consents-refuse = No
consents-withdraw = Take my consent back
consent-state-asked = not answered
consent-state-given = yes
consent-state-refused = no
consent-state-withdrawn = taken back
contacts-title = Ask and contact people
contacts-lead = You know people by a code until they agree that you know their name. No answer and no consent look the same to you.
contacts-code = Code
contacts-score = Points
contacts-who = Name
contacts-asked = Asked
contacts-ask = Ask
contacts-waiting = no consent so far
contacts-asked-heading = Whom you asked
contacts-nobody = You have asked nobody yet
contacts-nobody-text = Ask people on the shortlist below.
contacts-others = On the shortlist and not asked
home-consents = A factory asks to know who you are
notification-consent_asked = A factory asks to know who you are, for its vacancy { $reference }.
field-unknown_pseudonym = Your shortlist does not show anybody with this code.
refusal-too_many_asked = Too many people were asked for this vacancy.
