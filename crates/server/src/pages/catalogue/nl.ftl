# Elke zin van de pagina's, in het Nederlands.

footer-environment = Omgeving { $environment }

username = Gebruikersnaam
password = Wachtwoord
password-so-far = Huidig wachtwoord
password-new = Nieuw wachtwoord
password-rules = Minstens 8 tekens. Lang en makkelijk te onthouden is beter dan kort en vreemd; veelgebruikte wachtwoorden worden geweigerd.

sign-in-title = Inloggen
sign-in-for-portal = om API-toegang te beheren
sign-in-for-client = om door te gaan naar
sign-in-action = Inloggen
sign-in-forgotten = Wachtwoord vergeten? Wie in uw bedrijf de API-toegang beheert, kan u een nieuwe link laten sturen.
sign-in-wrong = Gebruikersnaam of wachtwoord klopt niet. Controleer beide en probeer het opnieuw.
sign-in-too-many = Te veel mislukte pogingen vanaf hier. Probeer het over { $number ->
    [one] een minuut
   *[other] { $number } minuten
} opnieuw.
sign-in-busy = Er loggen nu te veel mensen tegelijk in. Probeer het zo opnieuw.

second-factor-title = Bevestig dat u het bent
second-factor-first = Voer de zes cijfers in die uw authenticator-app toont.
second-factor-code = Code
second-factor-action = Doorgaan
second-factor-lost = App niet bij de hand? Een van uw herstelcodes werkt hier ook. Zonder codes: vraag wie de API-toegang beheert.
second-factor-wrong = Deze code klopt niet of is al gebruikt. Wacht op de volgende en probeer het opnieuw.

consent-title = Toegang toestaan
consent-question = Toegang toestaan voor
consent-who = U bent ingelogd als
consent-of-account = Deze toepassing is gemaakt door
consent-abilities = De toepassing kan dan:
consent-everything = De toepassing kan dan de API namens u gebruiken.
consent-allow = Toestaan
consent-deny = Niet toestaan
consent-afterwards = U kunt dit altijd intrekken. Daarna gaat u naar
consent-not-you = Bent u dit niet? Uitloggen

ability-read = { $scope } lezen
ability-add = { $scope } toevoegen
ability-write = { $scope } wijzigen
ability-delete = { $scope } verwijderen
ability-use = { $scope } gebruiken

change-password-title = Wachtwoord wijzigen
change-password-forced = Uw wachtwoord is door iemand anders ingesteld. Kies er een dat alleen u kent, dan kunt u verder.
change-password-chosen = Overal elders wordt u uitgelogd, en toepassingen die namens u werken vragen het opnieuw.
change-password-action = Wachtwoord wijzigen
password-wrong = Dit is niet uw huidige wachtwoord.
password-too-short = Een wachtwoord heeft minstens 8 tekens. Maak het langer.
password-too-long = Een wachtwoord heeft hoogstens 1024 bytes. Maak het korter.
password-control-character = Een wachtwoord heeft geen besturingstekens. Laat ze weg.
password-breached = Dit wachtwoord staat op elke lijst van veelgebruikte wachtwoorden. Kies een ander.
password-like-username = Dit wachtwoord is uw gebruikersnaam. Kies een ander.
password-unchanged = Dit is uw huidige wachtwoord. Kies een ander.

invitation-title = Welkom
invitation-first = Kies een wachtwoord voor
invitation-action = Wachtwoord instellen

signed-out-title = U bent uitgelogd
signed-out-first = U kunt dit venster sluiten.
signed-out-action = Opnieuw inloggen

portal-title = API-toegang
portal-signed-in = Ingelogd als
portal-docs = Documentatie
portal-credentials = Integratiegegevens
portal-create = Integratiegegevens worden voorlopig op de opdrachtregel van de server gemaakt:
portal-member = Met uw rol kunt u lezen. Een accountbeheerder maakt integratiegegevens.
portal-token-url = Tokens worden uitgegeven op
role-operator = operator
role-account-manager = accountbeheerder
role-member = lid
sign-out-action = Uitloggen
back-to-portal = Terug naar API-toegang
back-to-security = Terug naar inloggen en beveiliging

security-title = Inloggen en beveiliging
security-first = Wat de toegang beschermt van
security-factor = Tweede factor
security-factor-on = Aan: niemand komt binnen met alleen uw wachtwoord. { $number ->
    [0] Er is geen herstelcode meer over: zet hem uit en weer aan voor nieuwe.
    [one] Er is nog één herstelcode.
   *[other] Er zijn nog { $number } herstelcodes.
}
security-factor-none = Uit. Met een tweede factor komt niemand binnen met alleen uw wachtwoord.
security-factor-app = Authenticator-app
security-factor-begin = Een authenticator-app gebruiken
security-passkey = passkey
security-passkey-add = Een passkey toevoegen
security-passkey-added = toegevoegd
security-passkey-used = laatst gebruikt
security-passkey-remove = Verwijderen
security-factor-off = De tweede factor uitzetten
security-factor-off-password = Uw wachtwoord, om hem uit te zetten
security-sessions = Waar u bent ingelogd
security-session-this = deze browser
security-session-unnamed = Een programma zonder naam
security-session-seen = laatst gezien
security-session-end = Daar uitloggen
security-sessions-end-others = Overal elders uitloggen
security-consents = Toepassingen die namens u werken
security-consents-none = Geen.
security-consent-withdraw = Intrekken
done-session-ended = Daar uitgelogd.
done-sessions-ended = Overal elders uitgelogd.
done-consent-withdrawn = Ingetrokken. De tokens werken niet meer.
done-passkey-added = De passkey is toegevoegd.
done-passkey-removed = De passkey is verwijderd.
done-passkey-refused = Passkeys werken hier niet, of u hebt er al twintig.
done-factor-off = De tweede factor staat uit.
done-password-changed = Uw wachtwoord is gewijzigd.
done-password-wrong = Dat was niet uw wachtwoord. Er is niets gewijzigd.

enrolment-title = Tweede factor aanzetten
enrolment-first = Scan deze afbeelding met een authenticator-app en voer de zes cijfers in die hij toont.
enrolment-picture = Een vierkante code met het geheim dat eronder staat
enrolment-by-hand = Of typ het geheim over:
enrolment-action = Aanzetten
passkey-title = Een passkey toevoegen
passkey-first = Uw telefoon, uw computer of een beveiligingssleutel bevestigt dat u het bent: met een aanraking, gezicht of pincode.
passkey-name = Naam, om hem van andere te onderscheiden
passkey-action = De passkey toevoegen
passkey-use = Een passkey gebruiken
passkey-cancelled = De browser kreeg geen passkey. Probeer het opnieuw, of gebruik een code.
passkey-wrong = Deze passkey is niet aanvaard: het duurde te lang, of hij is al bekend. Probeer het opnieuw.
passkey-needs-scripts = Browsers maken passkeys alleen met JavaScript. Gebruik anders een authenticator-app.
recovery-title = Bewaar deze herstelcodes
recovery-first = Met elke code komt u één keer binnen als uw authenticator kwijt is. Ze worden nu getoond en daarna nooit meer.
recovery-action = Ik heb ze bewaard

error-reference = Noem dit verzoek als u om hulp vraagt:
error-client-title = Deze toepassing is hier niet bekend
error-client-advice = De link die u hier bracht noemt geen toepassing van dit platform. Ga terug naar de toepassing en probeer het opnieuw; helpt dat niet, meld het dan aan de makers.
error-redirect-title = Deze link leidt niet terug
error-redirect-advice = De toepassing vroeg om een antwoord op een adres waarvoor zij niet is geregistreerd. Voor uw veiligheid wordt u daar niet heen gestuurd. Meld het aan de makers: de redirect URI moet precies een geregistreerde zijn.
error-unreadable-title = Deze link kan niet worden gelezen
error-unreadable-advice = Ga terug naar de toepassing en probeer het opnieuw.
error-expired-title = Deze pagina is te oud
error-expired-advice = Zij stond te lang open of is in een andere browser begonnen. Ga terug naar waar u vandaan kwam en begin opnieuw.
error-form-title = Dit formulier is niet aanvaard
error-form-advice = Het kwam niet van een pagina van ons in deze browser, of u bent ondertussen in- of uitgelogd. Er is niets gewijzigd. Ga terug, laad de pagina opnieuw en probeer het nog eens.
error-invitation-title = Deze uitnodiging werkt niet meer
error-invitation-advice = Zij is al gebruikt, ouder dan een week, of niet van ons. Vraag de afzender om een nieuwe.
error-unavailable-title = We kunnen nu niet antwoorden
error-unavailable-advice = Er is bij ons even iets weg. Er is niets gewijzigd. Probeer het over een paar seconden opnieuw.
error-account-title = Niet voor dit account
error-account-advice = U bent ingelogd als iemand van een ander bedrijf dan dat van deze toepassing.

time-utc = { $time } UTC
time-now = zojuist
time-minutes-ago = { $number ->
    [one] 1 minuut geleden
   *[other] { $number } minuten geleden
}
time-hours-ago = { $number ->
    [one] 1 uur geleden
   *[other] { $number } uur geleden
}
time-days-ago = { $number ->
    [one] gisteren
   *[other] { $number } dagen geleden
}
time-in-minutes = { $number ->
    [one] over 1 minuut
   *[other] over { $number } minuten
}
time-in-hours = { $number ->
    [one] over 1 uur
   *[other] over { $number } uur
}
time-in-days = { $number ->
    [one] morgen
   *[other] over { $number } dagen
}
