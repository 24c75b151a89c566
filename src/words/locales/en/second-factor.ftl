# The second factor: what stands beside the password.

second-factor-title = Second factor
second-factor-lead = Beside your password you show a code of an app on your phone. Who knows your password alone does not get in.
second-factor-open = Second factor
second-factor-must = Set up a second factor first.
second-factor-must-text = Your role opens much about other people, so a password alone is not enough here. Until it is set up you cannot do anything else.
second-factor-app = Codes of an app
second-factor-none = None is set up. Any app for one-time codes will do; it needs no network.
second-factor-begin = Set it up
second-factor-again = Begin again with another secret
second-factor-demonstration = The accounts of a demonstration are everybody’s, so none is asked for one here. An installation asks officials and administrators.
second-factor-on = on
second-factor-since = since { $moment }
second-factor-remove = Do without it
second-factor-scan = Scan the picture with your app, or type the letters under it.
second-factor-type-first = Then type the six digits that the app shows.
second-factor-qr = The secret as a QR code; it stands beside it in letters.
second-factor-secret = To type instead:
second-factor-once = shown this once
second-factor-first-code = The six digits that the app shows
second-factor-confirm = Confirm
second-factor-done = Your second factor is set up. You are signed out everywhere else.
second-factor-ask = One more step
second-factor-ask-text = Type the code that your app shows now. No phone at hand? Use one of your recovery codes.
second-factor-code = Code
second-factor-code-hint = Six digits of the app, or a recovery code.
second-factor-wrong = This code is not right, or was used before. Wait for the next one and try again. After several tries one has to wait a few minutes.
second-factor-back = Back
second-factor-renewed = You have new recovery codes. Those of before are worth nothing.
recovery-title = Recovery codes
recovery-once = Keep these codes now; they are not shown again.
recovery-once-text = Each takes the place of the app’s code once. Print them or write them down, and keep them away from your phone.
recovery-left = { $count ->
    [0] No recovery code is left.
    [one] One recovery code is left.
   *[other] { $count } recovery codes are left.
  }
recovery-few = Make new ones before you need one.
recovery-hint = Each takes the place of the app’s code once.
recovery-renew = Make new recovery codes
notification-second_factor_reset = An administrator took your second factor away, and you were signed out everywhere. If you did not ask for it, tell your administrator.
passkey-title = Passkeys
passkey-hint = A passkey counts as both factors: no password is typed.
passkey-none = None is kept. A passkey stays on your phone, your computer or a security key, and opens by your finger, your face or its number.
passkey-name = What do you call it?
passkey-name-hint = The device, for example.
passkey-make = Make a passkey
passkey-remove = Remove
passkey-failed = That came to nothing. Nothing was changed; you can try again.
passkey-sign-in = Sign in with a passkey
passkey-sign-in-text = Have you made a passkey here? Then neither name nor password is needed.
passkey-wrong = This passkey does not open anything here. Sign in with your name and password, or try again.
