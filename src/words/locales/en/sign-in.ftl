# The sign-in page.

sign-in-title = Sign in
sign-in-for-whom = For schools, factories, labour officials and trainees.
sign-in-login = Sign-in name
sign-in-password = Password
sign-in-password-hint = You can paste it.
sign-in-submit = Sign in
sign-in-failed = The sign-in name or the password is not right. Check both and try again. After several tries one has to wait a few minutes, except on a device that was used before.
sign-in-too-many = Too many tries. Wait { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
  } and try again.
sign-in-expired = This page had been open for too long. Please sign in again.

sign-in-drawing-title = A hull at its load line
sign-in-drawing-text = A bolt of cloth is woven on silk threads above the deck, ballast stones lie low in the hull, and the load-line disc on the side says how deep the ship may sit.

sign-in-about = What Ballast does
sign-in-about-school = Schools record what was learnt
sign-in-about-school-text = Each skill has a level, a date and its evidence: trained, assessed, certified or observed at work.
sign-in-about-factory = Factories see who fits a post, and why
sign-in-about-factory-text = A shortlist in points that anybody can add up by hand. No names before the person agrees.
sign-in-about-official = Officials see what bars, and what unlocks
sign-in-about-official-text = Every refusal names its rule and what would change it. Unknown is neither a pass nor a failure.

sign-in-demo = Try it as
sign-in-demo-hint = This is a demonstration: these accounts are open to everybody.
sign-in-demo-role = Role

sign-in-shared = Shared phone or computer?
sign-in-shared-text = Sign out when you have finished. Nobody may hold your phone or sign in for you.
