# Every sentence of the pages. A sentence of one language stands in every other under the same name.

footer-environment = Environment { $environment }

username = Username
password = Password
password-so-far = Password so far
password-new = New password
password-rules = At least 8 characters. Long and easy to remember is better than short and odd; common passwords are refused.

sign-in-title = Sign in
sign-in-for-portal = to manage API access
sign-in-for-client = to continue to
sign-in-action = Sign in
sign-in-forgotten = Forgotten your password, or never had one here? The person who manages API access in your company can have a new link sent to you.
staff-sign-in-first = Do you work for the company behind this platform?
staff-sign-in-action = Sign in with your work account
sign-in-wrong = Username or password is not right. Check both and try again.
sign-in-too-many = Too many failed attempts from here. Try again in { $number ->
    [one] one minute
   *[other] { $number } minutes
}.
sign-in-busy = Too many people are signing in right now. Try again in a moment.

second-factor-title = Confirm it is you
second-factor-first = Enter the six digits that your authenticator app shows.
second-factor-code = Code
second-factor-action = Continue
second-factor-lost = Without your app? One of your recovery codes works here too. Without those, ask the person who manages API access.
second-factor-wrong = This code is not right, or was used before. Wait for the next one and try again.

consent-title = Allow access
consent-question = Allow access for
consent-who = You are signed in as
consent-of-account = This application was made by
consent-abilities = It will be able to:
consent-everything = It will be able to use the API as you.
consent-allow = Allow
consent-deny = Do not allow
consent-afterwards = You can take this back at any time. Afterwards you go to
consent-not-you = Not you? Sign out

ability-read = read { $scope }
ability-add = add { $scope }
ability-write = change { $scope }
ability-delete = delete { $scope }
ability-use = use { $scope }

change-password-title = Change password
change-password-forced = Your password was set by somebody else. Choose one that only you know, then you can go on.
change-password-chosen = Everywhere else you are signed out, and applications that act for you ask again.
change-password-action = Change password
password-wrong = This is not your password so far.
password-too-short = A password has at least 8 characters. Make it longer.
password-too-long = A password has at most 1024 bytes. Make it shorter.
password-control-character = A password has no control characters. Leave them out.
password-breached = This password is on every list of common passwords. Choose another one.
password-like-username = This password is your username. Choose another one.
password-unchanged = This is your password so far. Choose another one.

invitation-title = Welcome
invitation-first = Choose a password for
invitation-action = Set password

signed-out-title = You are signed out
signed-out-first = You can close this window.
signed-out-action = Sign in again

portal-title = API access
portal-signed-in = Signed in as
portal-docs-first = How to get a token, and what to call with it.
portal-security-first = Your password, your second factor, where you are signed in.
portal-docs = Documentation
portal-token-url = Tokens are issued at
role-operator = operator
role-account-manager = account manager
role-member = member
sign-out-action = Sign out
back-to-portal = Back to API access
back-to-security = Back to sign-in and security

security-title = Sign-in and security
security-first = What protects
security-factor = Second factor
security-factor-on = On: nobody gets in with your password alone. { $number ->
    [0] No recovery code is left: turn it off and on again for new ones.
    [one] One recovery code is left.
   *[other] { $number } recovery codes are left.
}
security-factor-none = Off. With it, nobody gets in with your password alone.
security-factor-app = Authenticator app
security-factor-begin = Use an authenticator app
security-passkey = passkey
security-passkey-add = Add a passkey
security-passkey-added = added
security-passkey-used = last used
security-passkey-remove = Remove
security-factor-off = Turn the second factor off
security-factor-off-password = Your password, to turn it off
security-sessions = Where you are signed in
security-session-this = this browser
security-session-unnamed = A program without a name
security-session-seen = last seen
security-session-end = Sign out there
security-sessions-end-others = Sign out everywhere else
security-consents = Applications that act for you
security-consents-none = None.
security-consent-withdraw = Take back
done-session-ended = Signed out there.
done-sessions-ended = Signed out everywhere else.
done-consent-withdrawn = Taken back. Its tokens stopped working.
done-passkey-added = The passkey is added.
done-passkey-removed = The passkey is removed.
done-passkey-refused = Passkeys do not work here, or you have twenty of them.
done-factor-off = The second factor is off.
done-password-changed = Your password is changed.
done-password-wrong = That was not your password. Nothing was changed.

enrolment-title = Turn the second factor on
enrolment-first = Scan this picture with an authenticator app, then enter the six digits that it shows.
enrolment-picture = A square code with the secret that stands below it
enrolment-by-hand = Or type the secret:
enrolment-action = Turn on
passkey-title = Add a passkey
passkey-first = Your phone, your computer or a security key will confirm that it is you, by touch, face or PIN.
passkey-name = Name, to tell it from others
passkey-action = Add the passkey
passkey-use = Use a passkey
passkey-cancelled = The browser got no passkey. Try again, or use a code.
passkey-wrong = This passkey was not accepted: it took too long, or is known already. Try again.
passkey-needs-scripts = Browsers make passkeys by JavaScript alone. Without it, use an authenticator app.
recovery-title = Store these recovery codes
recovery-first = Each lets you in once when your authenticator is lost. They are shown now and never again.
recovery-action = I have stored them

error-reference = If you ask for help, name this request:
error-client-title = This application is not known here
error-client-advice = The link that brought you here names no application of this platform, or none at all. Go back to the application and try again; if that does not help, tell its makers.
error-redirect-title = This link does not lead back
error-redirect-advice = The application asked for an answer at an address that it is not registered for. For your safety you are not sent there. Tell the makers of the application: the redirect URI must be exactly a registered one.
error-unreadable-title = This link cannot be read
error-unreadable-advice = Go back to the application and try again.
error-expired-title = This page is too old
error-expired-advice = It was open for too long, or was begun in another browser. Go back to where you came from and start again.
error-form-title = This form was not accepted
error-form-advice = It did not come from a page of ours in this browser, or you signed in or out in between. Nothing was changed. Go back, reload the page and try again.
error-invitation-title = This invitation does not work any more
error-invitation-advice = It was used before, is older than a week, or was never ours. Ask the person who sent it for a new one.
error-unavailable-title = We cannot answer right now
error-unavailable-advice = Something of ours is away for a moment. Nothing was changed. Try again in a few seconds.
error-account-title = Not for this account
error-account-advice = You are signed in as someone of another company than the one this application belongs to.
error-staff-away-title = Your company's sign-in does not answer
error-staff-away-advice = We cannot reach it, or it does not let us ask. Nothing was changed. Try again in a moment; if that does not help, tell the people who run this platform.
error-staff-refused-title = You were not signed in
error-staff-refused-advice = Your company's sign-in said no, or its answer could not be believed. Go back to the portal and sign in again.
error-staff-not-allowed-title = You are not allowed here
error-staff-not-allowed-advice = Your company knows you, but none of your groups gives you a role in this portal, or someone took it away here. Ask the people who run this platform.

time-utc = { $time } UTC
time-now = just now
time-minutes-ago = { $number ->
    [one] 1 minute ago
   *[other] { $number } minutes ago
}
time-hours-ago = { $number ->
    [one] 1 hour ago
   *[other] { $number } hours ago
}
time-days-ago = { $number ->
    [one] yesterday
   *[other] { $number } days ago
}
time-in-minutes = { $number ->
    [one] in 1 minute
   *[other] in { $number } minutes
}
time-in-hours = { $number ->
    [one] in 1 hour
   *[other] in { $number } hours
}
time-in-days = { $number ->
    [one] tomorrow
   *[other] in { $number } days
}

# Documentation: why one is told so, and what to do about it
docs-cause-invalid-request = The request cannot be read: a parameter is missing, stands twice or is too long, or the credential is given in two ways.
docs-fix-invalid-request = Compare your request with the example. Send each parameter once, and the credential in one way only.
docs-cause-invalid-client = The client id or the secret is wrong, or the credential was switched off or belongs to another environment.
docs-fix-invalid-client = Check that id and secret are those of this environment and were copied whole. If the secret is lost, make a new one in the portal.
docs-cause-invalid-grant = The code, the refresh token or the password is not accepted: it is unknown, too old, or was used already.
docs-fix-invalid-grant = Begin again: send the person to the authorization page for a new code. Use each code once, and always the newest refresh token.
docs-cause-unauthorized-client = This credential was not made for this grant type.
docs-fix-unauthorized-client = Use a credential that was made for it. Grant types of a credential cannot be changed.
docs-cause-unsupported-grant-type = Nobody can use this grant type here.
docs-fix-unsupported-grant-type = Send one of the grant types that are listed at the token endpoint, in lower case.
docs-cause-invalid-scope = The scope is unknown, misspelled, or more than this credential has.
docs-fix-invalid-scope = Leave the scope out to get all that the credential has, or ask for a part of it.
docs-cause-invalid-target = The resource that is named is not the API of this environment.
docs-fix-invalid-target = Leave the parameter resource out.
docs-cause-temporarily-unavailable = Something of ours is away. Your credential is not the reason.
docs-fix-temporarily-unavailable = Try again after the seconds of Retry-After. Do not throw the credential or the token away.
docs-cause-too-many-requests = Tokens were asked for, or wrong secrets tried, more often than may be.
docs-fix-too-many-requests = Keep a token as long as it lives instead of asking for one per call. Wait the seconds of Retry-After.
docs-cause-body-too-large = The body is longer than anything that is read here.
docs-fix-body-too-large = Send the parameters of the example and nothing else.
docs-cause-body-too-slow = The body did not arrive in time.
docs-fix-body-too-slow = Send the request again.
docs-cause-unsupported-media-type = The Content-Type is not one that is read here, or the body is compressed.
docs-fix-unsupported-media-type = Set the Content-Type of the example, and do not compress the body.
docs-cause-misdirected-request = No environment of this platform has the host of the request.
docs-fix-misdirected-request = Use the address of the environment as it stands under Servers.
docs-cause-dead-token = The token is unknown, ended, or none of yours.
docs-cause-password-must-change = The password is right, and the person must change it before there are tokens.
docs-cause-token-required = No access token was sent.
docs-fix-token-required = Send the header Authorization with Bearer, a space and the token.
docs-cause-invalid-token = The access token has ended, was revoked, or belongs to another environment.
docs-fix-invalid-token = Ask for a new token and repeat the call once. If it is refused again, check which environment each belongs to.
docs-cause-insufficient-scope = The token does not open this method there.
docs-fix-insufficient-scope = The answer names the scope that is needed. If the credential has it, ask for it; if not, make a credential that has it.
docs-cause-version-foreign = The credential was made for another version of the API.
docs-fix-version-foreign = Use a credential that was made for this version.
docs-cause-concurrent-requests = As many requests of your account are running as may run at a time, over all its credentials.
docs-fix-concurrent-requests = Wait for one of them to end, and run fewer side by side.
docs-cause-requests-per-second = The credential made as many requests in this second as it may.
docs-fix-requests-per-second = Spread the calls, and wait the seconds of Retry-After.
docs-cause-requests-per-day = The credential made as many requests today (UTC) as it may.
docs-fix-requests-per-day = Wait until the next day, or ask for a larger budget.

# Documentation: the page
docs-title = Documentation
docs-first = How your program calls { $environment }: from the invitation to the first answer in under five minutes.
docs-contents = Contents
docs-search = Search
docs-found = Found
docs-start = Getting started
docs-start-invitation = You got an invitation by mail. Follow its link and choose a password; the link works once.
docs-start-portal = Sign in to the portal and generate integration credentials. Give them only the scopes that your program needs.
docs-start-secret = Store the client id and the client secret where your program keeps its secrets. The secret is shown once.
docs-start-token = Ask the token endpoint for an access token, with the first sample:
docs-start-call = Call the API with the token, with the second sample:
docs-start-call-nothing = Send the token with every call, as Authorization: Bearer.
docs-start-variables = The samples read where and as whom they call from these variables, so that no secret stands in a program:
docs-sample-token = 1. Get an access token
docs-sample-call = 2. Call the API
docs-renewal = Token renewal
docs-renewal-lives = An access token lives
docs-renewal-keep = Keep it and use it for every call until shortly before it ends; expires_in says when. A token per call is slower, and meets the limits.
docs-renewal-refused = When a call is answered with 401 and invalid_token, get a new token and repeat the call once. Answers with 429 or 503 say in Retry-After how long to wait; the token is still good then.
docs-renewal-refresh = For tokens that a person allowed, use the refresh token that came beside the access token. Each refresh brings a new one: store it before you use the access token, and never use the old one again.
docs-renewal-no-refresh = There is no refresh token for client credentials: the client id and the secret bring the next access token.
docs-renewal-overlap = A secret can be replaced without a pause: the portal gives a second one, and both work until you end the old one.
docs-servers = Servers
docs-servers-first = Credentials, tokens and data of one environment are never accepted by another. Try out on the mock or in a test environment.
docs-server = Server
docs-url = URL
docs-what-for = What it is for
docs-server-here = This environment
docs-server-mock = Answers the documented examples, without a credential; nothing is stored
docs-server-other = Another environment, with credentials of its own
docs-limits = Limits
docs-limits-first = What holds in this environment. An answer with status 429 names the limit and says in Retry-After when to come back.
docs-limit-lifetime = An access token lives
docs-limit-refresh-lifetime = An unused refresh token lives
docs-limit-code-lifetime = An authorization code lives
docs-limit-tokens-of-address = Token requests from one address: at most { $number } in any 60 seconds.
docs-limit-tokens-of-credential = Token requests with one credential: at most { $number } in any 60 seconds.
docs-limit-at-once = Calls of one customer at a time, over all its credentials: at most { $number }.
docs-limit-per-second = Calls of one credential: at most { $number } in any second, unless it has a budget of its own.
docs-limit-per-day = Calls of one credential: at most { $number } on a day (UTC), unless it has a budget of its own.
docs-limit-calls-unlimited = Calls of the API are not limited here, unless a credential has a budget of its own.
docs-limit-failures = Wrong secrets for one client id from one address: at most { $number } in any 60 seconds.
docs-limit-body = A token request is at most { $number } KiB long.
docs-errors = Errors
docs-errors-first = Programs read the status and error; the sentence beside it is for people. Every answer carries X-Request-Id, by which support finds the request.
docs-error = Error
docs-cause = Cause
docs-fix = What to do
docs-scopes = Scopes
docs-scopes-first = What can be asked for in scope. Where a scope has permissions, a point and the permission follow: read for GET, add for POST, write for PUT and PATCH, delete for DELETE.
docs-try = Try it
docs-try-first = Each operation below can be called from this page: the mock as it is, this environment with your credential. The token that is answered is used for the next calls.
docs-try-script = Calling from this page needs JavaScript. The samples work without it.
docs-try-memory = Kept in this page's memory while it is open, and nowhere else. Whatever you send to this environment is real.
docs-client-id = Client id
docs-client-secret = Client secret
docs-access-token = Access token
docs-apis = APIs
docs-authentication = Authentication
docs-download = Download
docs-send = Send
docs-sending = Sending…
docs-mock = Mock
docs-answer = Answer
docs-documented = The documented success
docs-dates = Dates and times
docs-dates-first = Send this header with a call, and every date with a time in a JSON answer of the API has the one form yyyy-MM-ddTHH:mm:ssZ, in UTC. Without it, the API’s own forms stay.
docs-request = Request
docs-body = Body
docs-unreachable = No answer came. Is the server running, and are you online?
docs-needs-credential = Enter your credential under Try it first; for a call of the API, get an access token.
docs-required = required
docs-deprecated = Not for new programs
docs-parameters = Parameters
docs-answers = Answers
docs-proves-basic = Client id and secret by HTTP Basic.
docs-proves-bearer = Access token in the header Authorization.

menu = Main menu
menu-portal = Portal
menu-identity = Identity
menu-documentation = Documentation
menu-status = Status
copy = Copy
copied = Copied
cancel = Cancel
never = never
from = from
uuid = UUID
pages = Pages
page-first = First page
page-next = Next page
crumbs-account-settings = Account settings
crumbs-access-rights = Access rights

credentials-title = Integration credentials
credentials-first = Programs sign in with these. Each has its own scopes, and can be replaced without the others noticing.
credentials-generate = Generate credentials
credentials-search = Search by name, client id or UUID
credentials-search-action = Search
credentials-sort = Order
credentials-sort-name = by name
credentials-sort-newest = newest first
credentials-count = { $number ->
    [one] 1 credential
   *[other] { $number } credentials
}
credentials-none-title = No credentials yet
credentials-none-advice = Generate the first one: choose what it may do, and take its secret with you.
credentials-none-found = Nothing found. Search for part of a name, or for a whole client id or UUID.
column-name = Name
column-description = Description
column-account = Account
column-client-id = Client id
column-version = Version
column-scopes = Scopes
column-secrets = Secrets
column-last-used = Last used
column-days = 30 days
credential-disabled = switched off
secret-expires = ends
secret-ends = Ends
secret-no-expiry = no expiry
secret-none = none
secret-hint = Secret
secret-chosen = chosen
secret-imported = imported, not used yet
secret-still-old = Somebody still uses the older secret: the address stands beside it.
summary-read = reads { $number }
summary-add = adds { $number }
summary-write = changes { $number }
summary-delete = deletes { $number }
summary-use = uses { $number }
summary-nothing = nothing
summary-everything = everything the API offers
permission-read = read
permission-add = add
permission-write = write
permission-delete = delete
permission-title-read = Read
permission-title-add = Add
permission-title-write = Write
permission-title-delete = Delete
days-picture = { $number ->
    [0] no requests in 30 days
    [one] 1 request in 30 days
   *[other] { $number } requests in 30 days
}

new-first = A program gets tokens with what you make here. Its secret is shown once, after Save.
new-scope = Scope
new-may-use = May use
new-version-advice = Each version has scopes of its own; a credential is good for one version.
new-grant = Grant
grant-client_credentials = client_credentials: the program acts for itself
grant-authorization_code = authorization_code: people let the program act for them
new-redirect-uris = Redirect URIs
new-redirect-uris-advice = One on each line, whole and exact; for authorization_code alone.
new-start-from = Start from
preset-read = Read everything
preset-all = Everything
preset-none = Nothing
new-secret = Secret
new-secret-advice = You choose it here. At least 12 characters; nobody can read it afterwards, not even we.
new-save = Save

text-empty = Write something here.
text-blank = Leave out the blank before or after it.
text-too-long = This is too long. Shorten it.
text-control-character = This holds a line end or a control character. Leave it out.
allow-nothing = Tick at least one: a credential that may do nothing helps nobody.
credential-not-possible = This cannot be chosen here. Choose again.
credential-account-suspended = This account is suspended; no credentials can be made for it.
credential-busy = Too much is being made right now. Try again in a moment.
credential-conflict = This was changed by somebody else meanwhile. Look at it again first.
redirect-uri-unfit = Give at least one whole address with https, or of the own computer; without a fragment and wildcards.
secret-missing = Choose a secret.
secret-too-short = A secret has at least 12 characters. Make it longer.
secret-too-long = A secret has at most 256 bytes. Make it shorter.
secret-too-uniform = A secret has at least five different characters. Choose another one.
secret-not-ascii = A secret has only letters, digits and signs that every program can send. Choose another one.

made-title = Store this secret now
made-title-chosen = The credential is ready
made-first = It will not be shown again. It is the secret of
made-first-chosen = Use it with the secret that you chose. It is called
made-others-expire = The older secret ends
made-secret = Client secret
made-download = Download
made-token-url = Token URL
made-docs = Documentation
made-try = Try it
made-warning = When you leave this page, nobody can see the secret again: neither you nor we.
made-stored = I have stored the secret
made-done = Done

show-made = Made
budget = Budget
budget-of-day = { $number } of { $most } requests used today (UTC)
budget-of-second = at most { $number } requests per second
budget-monitored = Only counted: requests beyond it pass.
edit-title = Name and description
edit-save = Save
edit-why-not-scopes = Scopes and permissions cannot be edited: programs out there count on them. Make new credentials and delete the old ones.
edit-copy = Make a copy with other scopes
end-title = Switch off or delete
end-advice = Switched off, it gets no tokens and its tokens are refused, until you switch it on again. Deleted, it is gone for good.
disable-action = Switch off
enable-action = Switch on
delete-action = Delete credentials
delete-tokens = { $number ->
    [0] No live token stops working.
    [one] One live token stops working now.
   *[other] { $number } live tokens stop working now.
}
delete-last-used = Last used
delete-never-used = It was never used.
delete-type-name = To go on, type its name:
delete-wrong-name = This is not the name. Type it as it stands above.
rotate-action = Rotate secret
rotate-first = A new secret is made and shown once. The old one goes on for the time you choose, so that programs can change over.
rotate-third = Two secrets live already: the older one ends at once.
rotate-overlap = The old secret ends
rotate-days = { $number ->
    [0] at once
    [one] in one day
   *[other] in { $number } days
}
done-credential-saved = Saved.
done-credential-disabled = Switched off. Its tokens are refused from now on.
done-credential-enabled = Switched on.
done-credential-deleted = Deleted. Its tokens stopped working.

error-nothing-title = There is no such page
error-nothing-advice = The address is wrong, or what it showed is gone, or it is not for you.
error-made-already-title = These credentials exist already
error-rotated-already-title = This secret was made already
error-made-already-advice = The form was sent twice. The secret was shown the first time, and cannot be shown again: if you did not store it, rotate it.

status-line-operational = All systems normal
status-line-no-data = All systems normal
status-line-maintenance = Maintenance is under way
status-line-degraded = Some systems are impaired
status-line-down = Some systems are down
status-unwell = Tokens are not issued right now
status-unwell-first = Our database does not answer. It is being looked at; try again in a moment.
status-from-memory = What follows is what was known at
status-nothing-known = Nothing was known before.
status-as-of = As of
status-parts = Systems
status-bars = The last { $days } days: { $bad } impaired or down, { $unknown } without data
status-share = { $share } % of requests failed
status-first-day = { $days } days ago
status-today = today
status-days = Days with failures
status-day = Day (UTC)
status-now = Now
status-planned = Planned maintenance
status-past = The last 14 days
status-none-past = Nothing was reported in the last 14 days.
status-how = How this is measured
status-how-counted = Every request is counted by what was answered. Failed is what our side got wrong: a server error, a database that is away, an API behind us that does not answer. What a request itself got wrong is not counted. A part that nobody asked has not failed; a day is without data where nobody was there to count. Days are UTC.
status-how-day = A day is amber when more than { $amber } % of its requests failed, and red when more than { $red } % did. Fewer than { $fewest } failures say nothing.
status-how-now = A system is impaired when more than { $amber } % of the requests of the last { $minutes } minutes failed, and down when more than { $red } % did. What is reported counts as well.
status-for-programs = For programs:
component-tokens = Tokens
component-api = API
component-api-version = API { $version }
component-portal = Portal
component-documentation = Documentation
standing-operational = normal
standing-no-data = no data
standing-maintenance = maintenance
standing-degraded = impaired
standing-down = down
incident-state-investigating = Investigating
incident-state-identified = Identified
incident-state-monitoring = Monitoring
incident-state-scheduled = Scheduled
incident-state-resolved = Resolved
incident-state-under-way = Under way
incident-state-over = Over
incident-kind-incident = Incident
incident-kind-maintenance = Maintenance
incident-concerns = Concerns
incident-began = Began
incident-resolved-at = Resolved
incident-from = From
incident-until = Until
incidents-title = Status
incidents-first = What you tell everyone on the status page, which is read without signing in.
incidents-page = Look at the status page
incidents-new = Report an incident
incidents-new-maintenance = Announce maintenance
incidents-none-title = Nothing was reported
incidents-none-advice = What is measured is shown by itself. Report what your customers should know beside it.
incidents-column-title = Title
incidents-column-updated = Last told
incident-new-first = Everyone can read this as soon as it is published, and whoever follows the feed or a webhook is told.
incident-title = Title
incident-text = What you tell
incident-text-advice = Plain text. Addresses in it do not become links.
incident-began-label = Began (UTC; empty: now)
incident-from-label = From (UTC)
incident-until-label = Until (UTC)
incident-state = State
incident-publish = Publish
incident-told = What was told
incident-tell = Tell how it goes on
incident-tell-action = Publish update
incident-correct = Correct
incident-correct-first = Title, systems and times can be corrected. What was told stays.
incident-correct-action = Save
incident-is-over = This is over. Report what happens now as something new.
incident-ends-passed = The end must lie ahead.
incident-component = There is no such system here.
incident-too-far = That is more than a year away.
incident-not-begun = An incident has begun. Announce what is to come as maintenance.
incident-has-no-end = An incident ends when you say that it is resolved.
incident-needs-end = Say from when and until when.
incident-ends-early = The end must come after the beginning, and within a year.
incident-state-unfit = Choose one of these.
incident-time-unread = Write a day and a time, such as 2026-11-27T02:00.
incident-conflict = This was resolved meanwhile, or was told of as often as one can.
done-incident-opened = Published. Everyone can read it now.
done-incident-told = The update is published.
done-incident-changed = Corrected.
event-incident-opened = reported an incident or maintenance
event-incident-updated = told how an incident goes on
event-incident-resolved = said that an incident is over

activity-title = Activity
activity-first = Who changed what, when and from where. Nothing here can be changed or removed.
activity-kind = Kind
activity-kind-all = Everything
activity-kind-credential = Credentials
activity-kind-person = People
activity-kind-session = Sign-ins
activity-kind-consent = Consents
activity-kind-account = The account
activity-kind-token = Tokens
activity-subject = UUID of a credential, id of a person
activity-subject-title = About
activity-filter = Filter
activity-csv = CSV
activity-jsonl = JSON lines
activity-when = When
activity-what = What
activity-who = Who
activity-where = From
activity-none = Nothing of this kind has happened.
actor-platform = the platform
actor-credential = a program
actor-operator = operator
event-account-suspended = suspended the account
event-account-restored = restored the account
event-account-tokens-revoked = ended the account's tokens
event-activity-exported = exported this list
event-authorization-code-issued = was let in by a person
event-authorization-code-redeemed = took the tokens a person allowed
event-consent-given = let an application act
event-consent-withdrawn = took an application's permission back
event-credential-budget-changed = gave credentials another budget
event-credential-created = generated credentials
event-credential-deleted = deleted credentials
event-credential-disabled = switched credentials off
event-credential-enabled = switched credentials on
event-credential-foreign-refused = asked for another account's credentials, and was refused
event-credential-secret-rotated = rotated a secret
event-credential-imported = imported credentials
event-credential-secret-imported = imported a secret
event-credential-secret-taken-over = used an imported secret for the first time
event-environment-imported = imported credentials of another server
event-credential-tokens-revoked = ended a credential's tokens
event-credential-updated = renamed credentials
event-person-created = made a person
event-person-disabled = let a person in no more
event-person-enabled = let a person in again
event-person-erased = erased a person
event-person-invitation-taken-up = set a first password
event-person-invited = invited a person
event-person-passkey-added = added a passkey
event-person-passkey-removed = removed a passkey
event-person-password-changed = changed the password
event-person-password-set = set a person's password
event-person-recovery-code-used = used a recovery code
event-person-role-changed = changed a person's role
event-person-second-factor-reset = took a person's second factor away
event-person-second-factor-turned-off = turned the second factor off
event-person-second-factor-turned-on = turned the second factor on
event-person-sessions-ended = ended a person's sessions
event-refresh-token-replayed = used a refresh token twice: its tokens were ended
event-session-begun = signed in
event-session-ended = signed out
event-session-others-ended = signed out everywhere else
event-session-password-change-asked = was asked for a new password
event-session-second-factor-asked = was asked for the second factor
event-staff-sign-in-refused = was not let in by the company's sign-in
event-token-revoked = ended a token
event-token-family-revoked = ended what a person allowed

new-ends = The secret ends
new-ends-days = { $number ->
    [0] never
   *[other] after { $number } days
}
made-expires = This secret ends
expiring-first = { $number ->
    [one] A secret ends soon, and nothing takes its place yet. Rotate it:
   *[other] { $number } secrets end soon, and nothing takes their place yet. Rotate them:
}
event-secret-expiring = said that a secret ends soon

hand-over-title = Continue
hand-over-first = You come here signed in as
hand-over-action = Continue
error-hand-over-title = This link does not work any more
error-hand-over-advice = It works once, and for a minute. Go back to where you came from and follow the link there again.
event-person-handed-over = let a person in from the platform's own product

menu-operations = Operations
yes = yes
no = no
no-limit = no limit
filter-off = Show all
lasts-seconds = { $number ->
    [one] 1 second
   *[other] { $number } seconds
}
lasts-minutes = { $number ->
    [one] 1 minute
   *[other] { $number } minutes
}
lasts-hours = { $number ->
    [one] 1 hour
   *[other] { $number } hours
}
lasts-days = { $number ->
    [one] 1 day
   *[other] { $number } days
}

disable-reversible = You can switch it on again at any time: tokens that have not expired by then are good again.
preview-tokens = { $number ->
    [0] No live token stops working.
    [one] One live token stops working now.
   *[other] { $number } live tokens stop working now.
}
preview-tokens-uncounted = Its live tokens stop working now. There are too many to count them in time.
preview-jwts = JWTs are not counted: they are refused at the gateway and at introspection at once, and elsewhere when they expire.

people-title = People
people-first = Who signs in here. Account managers generate credentials and invite others; members read.
people-invite = Invite someone
people-search = Search by username
people-count = { $number ->
    [one] 1 person
   *[other] { $number } people
}
people-none-title = Nobody yet
people-none-advice = Invite the first person. A link that works once lets them choose a password.
people-none-found = Nobody found. Search for part of a username.
people-here = People here
person-role = Role
person-factor = Second factor
person-last-sign-in = Last sign-in
person-state = State
person-state-active = active
person-state-invited = invited
person-state-waiting = waits for an invitation
person-state-disabled = disabled
person-you = you
person-made = Added
person-id = Id
role-may-account-manager = Generates, rotates and deletes credentials, sees the activity, invites others.
role-may-member = Reads the documentation and manages the own sign-in. Sees no credentials.
invite-first = You get a link to pass on. Whoever opens it chooses a password; it works once, within seven days.
invite-account-advice = The account is made if it is new.
invite-username-advice = What the person signs in with, such as an e-mail address. All spellings of one name are one person.
invite-action = Make the invitation
invited-title = Pass this invitation on now
invited-first = The link will not be shown again. It is for
invited-link = Invitation
invited-until = Works until
invited-mailed = It was also mailed to
invited-not-mailed = It could not be mailed: pass the link on yourself.
invited-warning = Whoever has this link can choose the password. Send it to this person and to nobody else.
person-role-action = Change role
person-role-save = Save role
person-role-unfit = Choose one of these roles.
person-username-taken = This username cannot be used: somebody has it already, perhaps in another spelling. Choose another one.
person-link-title = New invitation
person-link-advice = A link by which the person sets a new password, once, within seven days. When it is used, the old password and every sign-in with it end.
person-link-action = Make a new invitation
person-waiting = This person has no password and no link: nobody was invited, or the link ran out. Make an invitation.
person-waiting-no-mail = No mail address is known here: pass the link on yourself.
person-sessions-title = Signed in
person-sessions = { $number ->
    [one] In one browser.
   *[other] In { $number } browsers.
}
person-sessions-end = Sign out everywhere
person-leave-title = Someone leaves
person-leave-advice = Disabled, a person cannot sign in. You can undo it; sessions and applications that were ended stay ended.
person-disable-action = Disable
person-enable-action = Enable
person-browsers = { $number ->
    [0] No browser is signed in.
    [one] One browser is signed out now.
   *[other] { $number } browsers are signed out now.
}
person-applications = { $number ->
    [0] No application acts for this person.
    [one] One application can act for this person no more.
   *[other] { $number } applications can act for this person no more.
}
person-credentials-stay = The credentials belong to the account and go on working; rotate a secret that the person knew.
person-own = This is you: you are signed out by it.
person-last = Nobody else manages this account.
person-last-manager = This is the last account manager who can sign in. Make somebody else an account manager first.
done-person-role = { $number ->
    [0] The role is changed.
    [one] The role is changed; one browser was signed out.
   *[other] The role is changed; { $number } browsers were signed out.
}
done-person-disabled = { $number ->
    [0] Disabled.
    [one] Disabled; one browser was signed out.
   *[other] Disabled; { $number } browsers were signed out.
}
done-person-enabled = Enabled. The person can sign in again.
done-person-sessions-ended = { $number ->
    [0] No browser was signed in.
    [one] One browser was signed out.
   *[other] { $number } browsers were signed out.
}
done-person-nothing = It stood so already. Nothing was changed.
error-invited-already-title = This invitation was made already
error-invited-already-advice = The form was sent twice. The link was shown the first time, and cannot be shown again: make a new invitation on the person's page.

operations-first = Accounts, keys, environments, and what happens now.
operations-live = Live
live-first = What this node did in { $environment } lately.
live-10m = 10 minutes
live-1h = 1 hour
live-refresh = Refresh
live-since = This node looks since
live-tokens = Tokens per second
live-requests = Requests per second
live-latency = Latency
live-refusals = Refusals
live-reason = Reason
live-count = Number
live-share = Compared
live-no-refusals = Nothing was refused.
live-well = answered
live-refused = refused
live-failed = failed
live-numbers = The numbers as a table
live-at = From (UTC)
live-node = Several nodes, and more than an hour: a Prometheus that reads
live-node-admin = on the admin address of each.

accounts-title = Accounts
accounts-first = The customers. Suspending one stops its credentials, tokens and sessions in every environment, and can be undone.
accounts-search = Search by name or id
accounts-count = { $number ->
    [one] 1 account
   *[other] { $number } accounts
}
accounts-none-title = No accounts yet
accounts-none-advice = An account begins with its first person: invite an account manager.
accounts-none-found = Nothing found. Search for part of a name, or for a whole id.
account-state = State
account-active = active
account-suspended = suspended
account-suspended-since = Suspended
account-invite = Invite an account manager
account-back = Back to the account
account-suspend = Suspend
account-restore = Restore
account-credentials-here = { $number ->
    [one] 1 in this environment
   *[other] { $number } in this environment
}
account-credentials-all = of { $number } over all
account-people-all = { $number ->
    [one] One person
   *[other] All { $number } people
}
account-people-none = Nobody of this account signs in here yet.
limit-tokens = Token requests per minute and address
limit-concurrent = Requests at a time
limit-second = Requests per second and credential
limit-day = Requests per day and credential
suspend-first = In every environment, at once:
suspend-credentials = { $number ->
    [0] No credential stops working.
    [one] One credential stops working.
   *[other] { $number } credentials stop working.
}
suspend-never-used = None was ever used.
suspend-sessions = { $number ->
    [0] No browser of its people is signed in.
    [one] One browser of its people is signed out.
   *[other] { $number } browsers of its people are signed out.
}
suspend-reversible = Restoring brings all of it back that has not expired by then.
suspend-reason = Reason (optional)
suspend-reason-advice = Kept in the audit trail.
restore-first = In every environment, at once:
restore-credentials = { $number ->
    [0] No credential comes back.
    [one] One credential works again.
   *[other] { $number } credentials work again.
}
restore-tokens = { $number ->
    [0] No live token comes back.
    [one] One token that has not expired is good again.
   *[other] { $number } tokens that have not expired are good again.
}
restore-sessions = { $number ->
    [0] No session comes back.
    [one] One browser of its people is signed in again.
   *[other] { $number } browsers of its people are signed in again.
}
done-account-suspended = { $number ->
    [0] Suspended.
    [one] Suspended; one credential stopped working.
   *[other] Suspended; { $number } credentials stopped working.
}
done-account-restored = { $number ->
    [0] Restored.
    [one] Restored; one credential works again.
   *[other] Restored; { $number } credentials work again.
}

keys-title = Keys
keys-first = What signs tokens in this environment. A rotation announces the next key before it signs, and nothing stops.
keys-rotate = Rotate the key
keys-back = Back to the keys
keys-published-at = Published at
key-kid = Key
key-state = State
key-state-announced = announced
key-state-signing = signs
key-state-retired = published
key-state-expired = retired
key-state-revoked = revoked
key-life = Life
key-made = made
key-signs-from = Signs from
key-signs-until = Signs until
key-published-until = Published until
key-until-rotation = until it is rotated
key-revoke = Revoke
key-now = now
key-stretch-announced = announced
key-stretch-signing = signs
key-stretch-retired = published
rotate-key-first = What will happen:
rotate-key-now = Now a new { $algorithm } key is made and published.
rotate-key-signs = It signs
rotate-key-announcement = Whoever caches the published keys has { $time } to learn of it.
rotate-key-old = The key so far stays published for the tokens that it signed, and is gone
rotate-key-nothing-stops = No token stops working.
rotate-key-announced-already = A successor is announced already. It must sign first.
revoke-key-first = For a key that leaked, and for nothing else. It cannot be undone.
revoke-key-tokens = Every token that it signed is refused here from now on.
revoke-key-replaced = It signs now: a new key takes its place at once, without announcement.
revoke-key-not-signing = It does not sign now: the key that does is not touched.
revoke-key-caches = Who caches the published keys refuses tokens of the new one, and accepts those of the old one, until they fetch them again.
revoke-key-instead = To replace a key that did not leak:
revoke-key-type-name = To go on, type the environment's name:
revoke-key-wrong-name = This is not the environment's name. Type it as it stands above.
done-key-announced = The successor is announced.
done-key-replaced = Revoked. A new key signs from now on.
done-key-revoked = Revoked.

environments-title = Environments
environments-first = What the configuration makes of each. It is changed in the file and read at start.
environment-here = this one
environment-url = Issuer
environment-dialect = Dialect
environment-tokens = Access tokens
environment-secrets = Secrets
environment-secrets-chosen = chosen by people
environment-secrets-generated = generated
environment-consent = Asks for consent
lifetime-access-token = Access tokens live
lifetime-refresh-token = Refresh tokens live
lifetime-code = Authorization codes live
lifetime-session = Sessions live
lifetime-key-announcement = Keys are announced ahead by
environment-relaxations = { $number ->
    [one] One relaxation in force
   *[other] { $number } relaxations in force
}
environment-no-relaxations = No relaxation in force.

event-person-foreign-refused = asked for another account's person, and was refused
event-signing-key-created = made the first signing key
event-signing-key-announced = announced a signing key
event-signing-key-revoked = revoked a signing key
# Requests, for a talk with support.
requests-title = Requests
requests-first = { $number ->
    [one] The latest requests with these credentials, for a talk with support. They are kept for one day at most, and secrets are blotted out.
   *[other] The latest requests with these credentials, for a talk with support. They are kept for { $number } days at most, and secrets are blotted out.
}
requests-not-kept = Requests are not kept here.
requests-find = Id of a request, or UUID of credentials
requests-find-action = Find
requests-find-link = Find a request by its id
requests-find-first = Every answer has the id of its request in the header X-Request-Id. Enter it here, or the UUID of credentials.
requests-find-none = There is no such request any more, or none of your account's.
requests-all = All
requests-failures = Only what failed
requests-request = Request
requests-answer = Answer
requests-took = Took
requests-id = Request id
requests-credential = Credentials
requests-door = Sent to
requests-door-token = the token endpoint
requests-door-gateway = the API
requests-reason = Reason
requests-unproven = not proven
requests-none = Nothing was asked with these credentials yet. The next request stands here a moment after its answer.
requests-none-failed = Nothing has failed.
requests-answered = It was answered.
requests-failed-there = The answer is the API's own.
requests-show-first = Download it for support. Secrets are blotted out: what is shown here, and nothing else, stands in the file.
requests-txt = Download as text
requests-xml = Download as XML
milliseconds = ms
event-request-exported = downloaded a request

# Why a request was refused. The names are those of the logs.
reason-WrongSecret = The secret is not the one of these credentials.
reason-SecretMissing = These credentials need their secret, and none was sent.
reason-SecretExpired = The secret has expired or was replaced.
reason-SecretOfPublicClient = These credentials have no secret; send only the client id.
reason-NothingPresented = Neither a client id nor a secret was sent.
reason-ClientIdMissing = No client id was sent.
reason-ClientDisabled = These credentials are switched off.
reason-AccountSuspended = The account is suspended.
reason-TooManyFailures = Too many wrong secrets came from this address; wait a minute.
reason-TooManyTokenRequests = Too many token requests came from this address; wait a minute.
reason-TwoMethods = The credentials were sent in two places; send them in one.
reason-TwoAuthorizationHeaders = There were two Authorization headers; send one.
reason-ClientIdsDiffer = The header and the body name different clients.
reason-BrokenBasic = The Authorization header is not Basic with base64 of client id, colon and secret.
reason-OtherScheme = The Authorization header has another scheme than Basic.
reason-MethodNotRead = The credentials were sent in a place that is not read here.
reason-UnsupportedMediaType = The body is not of a media type that is read here; send a form.
reason-DuplicateParameter = A parameter was sent twice.
reason-BrokenPercentEncoding = A parameter is not percent-encoded as it should be.
reason-BrokenJson = The body is not JSON.
reason-BodyTooLarge = The body is too long.
reason-BodyTooSlow = The rest of the body did not come in time.
reason-BodyBroken = The connection ended before the body did.
reason-GrantTypeMissing = The parameter grant_type was not sent.
reason-UnknownGrantType = The grant type is none that there is.
reason-ParameterMissing = A parameter that this grant needs was not sent.
reason-GrantNotAllowed = These credentials were not made for this grant.
reason-ScopeNotAllowed = A scope was asked for that these credentials do not have.
reason-ScopeOutsideGrammar = The scope has characters that no scope can have.
reason-ResourceNotAllowed = The resource is not this API.
reason-CodeUnknown = The authorization code is none of ours.
reason-CodeExpired = The authorization code is too old.
reason-CodeReplayed = The authorization code was used already.
reason-CodeOfAnotherClient = The authorization code was given to other credentials.
reason-CodeRedirectUriDiffers = The redirect URI is not the one that the code was asked with.
reason-CodeRedirectUriMissing = The redirect URI that the code was asked with was not sent.
reason-CodeVerifierMissing = The code verifier was not sent.
reason-CodeVerifierWrong = The code verifier does not fit the challenge.
reason-RefreshTokenUnknown = The refresh token is none of ours.
reason-RefreshTokenExpired = The refresh token is too old.
reason-RefreshTokenSpent = The refresh token was replaced by a newer one.
reason-RefreshTokenReplayed = The refresh token was used twice, and all that came of it was ended.
reason-RefreshTokenOfAnotherClient = The refresh token was given to other credentials.
reason-WrongPassword = The password is not the person's.
reason-UnknownPerson = There is nobody of that name.
reason-PasswordMustChange = The person has to change the password first.
reason-SecondFactorNeeded = The person has a second factor and can only sign in on the page.
reason-TokenExpired = The access token has expired; ask for a new one.
reason-JwtRefused = The access token has expired; ask for a new one.
reason-TokenRevoked = The access token was revoked; ask for a new one.
reason-ClientGone = The credentials of this access token were switched off or deleted, or their tokens ended.
reason-FamilyEnded = What a person allowed was ended, and this access token with it.
reason-VersionForeign = These credentials were made for another version of the API.
reason-ScopeMissing = The access token does not have the scope that this method needs.
reason-TooManyRequests = The account has as many requests running as it may.
reason-TooManyTunnels = As many WebSocket connections are open as there may be.
reason-TransferCodingUnknown = The transfer coding is none that is read here.
reason-NoFileForUpstream = As many connections are open as there may be.
reason-UpstreamUnreachable = The API could not be reached.
reason-UpstreamBroken = The API broke off its answer.
reason-UpstreamSilent = The API did not answer in time.
reason-CutShortTokenExpired = The answer ended before its end, since the access token had expired.
reason-CutShortTokenEnded = The answer ended before its end, since the access token was revoked or what it depends on was stopped.
reason-CutShortStoodStill = The answer ended before its end, since nothing moved for too long.
reason-RequestStalled = The rest of the request did not come in time.
reason-RequestBroken = The body of the request could not be read to its end.
reason-StoreUnavailable = The database could not be asked; try again.
reason-HashingBusy = Too many secrets were being checked; try again.
security-email = Mail for you goes to
event-delivery-given-up = could not tell others of an event
event-delivery-retried = sent word of an event again
event-forward-auth-refused = asked about requests without being one of our proxies
event-limit-reached = reached a limit
event-budget-reached = used much of the day's requests
event-mail-tested = sent a mail to try it
event-person-email-changed = set where a person's mail goes
event-webhook-tested = tried a webhook

letter-expiring-subject = { $number ->
    [one] { $platform }: a secret ends within a day
   *[other] { $platform }: a secret ends within { $number } days
}
letter-expiring-first = A secret of your account ends soon, and nothing takes its place yet. From then on every program that uses it is refused.
letter-expiring-advice = Give the credential a new secret in the portal, and the new secret to your program:
letter-expiring-last = You get this mail because you manage an account at { $platform }.
letter-password-subject = { $platform }: your password was changed
letter-password-first = Your password was changed, and every browser that was signed in is signed out.
letter-password-advice = If that was not you, tell us at once. How you sign in is shown here:
letter-password-last = You get this mail because it is about your own sign-in at { $platform }.
letter-factor-subject = { $platform }: your second factor is off
letter-factor-first = The second factor of your sign-in was turned off: your password alone lets in now.
letter-factor-advice = If that was not you, tell us at once. You can turn it on again here:
letter-factor-last = You get this mail because it is about your own sign-in at { $platform }.
letter-invitation-subject = { $platform }: choose your password
letter-invitation-first = You are invited to the portal of { $platform }.
letter-invitation-advice = Follow this link and choose your password. It works once; do not pass it on:
letter-invitation-last = If you know nothing of this, you need not do anything.
letter-test-subject = { $platform }: a mail to try it
letter-test-first = Mail arrives.
letter-test-advice = The portal is here:
letter-test-last = Somebody who runs { $platform } wanted to see whether mail arrives.
letter-account = Account
letter-client-id = Client id
letter-credential = Credential
letter-ends = Ends
letter-until = Until
letter-username = Username
letter-uuid = UUID
letter-when = When

refresh-title = Refresh
refresh-from = Refreshed from
refresh-next = Next refresh
refresh-last = Last refresh
refresh-failed = the newest run failed
refresh-preview = Preview a refresh
refresh-first = This environment's accounts and people are overwritten, all at once:
refresh-gone = Who and what was changed here since is as in the source again; people whom the source does not have are gone.
refresh-stays = People who are in both keep their password and second factor of here. Credentials of here stay while their account does, and are switched off with it. Staff stays.
refresh-invited = New people have no password and are not mailed. They wait until an account manager or you invite them.
refresh-invited-by-mail = New people have no password. Whoever has a mail address is invited by mail, some each second; the others wait until an account manager or you invite them.
refresh-data-until = Data as it stood
refresh-personal-data = Personal data that comes over
refresh-made-up = none; names are made up
refresh-changed = What changed
refresh-would-change = What would change
refresh-accounts = { $number ->
    [one] 1 account
   *[other] { $number } accounts
}
refresh-people-arrive = People who come
refresh-people-change = People who change
refresh-people-leave = People who go
refresh-people-stay = People who stay as they are
refresh-credentials-off = Credentials switched off
refresh-credentials-on = Credentials switched on again
refresh-change-person-arrives = comes
refresh-change-person-changes = changes
refresh-change-person-leaves = goes
refresh-change-credential-off = is switched off
refresh-change-credential-on = is switched on again
refresh-more = { $number ->
    [one] And one more.
   *[other] And { $number } more.
}
refresh-action = Refresh now
refresh-under-way = This environment is being refreshed already. Look again in a moment.
done-refreshed = Refreshed.
credential-disabled-by-refresh = Switched off by a refresh of this environment: the account was not among those that came over. It can be switched on again, and is at the next refresh that brings the account.
event-environment-refreshed = refreshed the environment
event-environment-read = read the environment for a refresh of another
