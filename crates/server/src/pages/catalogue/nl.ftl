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
sign-in-forgotten = Wachtwoord vergeten, of hier nooit een gehad? Wie in uw bedrijf de API-toegang beheert, kan u een nieuwe link laten sturen.
staff-sign-in-first = Werkt u voor het bedrijf achter dit platform?
staff-sign-in-action = Inloggen met uw werkaccount
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
portal-docs-first = Hoe u een token krijgt, en wat u ermee aanroept.
portal-security-first = Uw wachtwoord, uw tweede factor, waar u bent aangemeld.
portal-docs = Documentatie
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
error-staff-away-title = De inlog van uw bedrijf antwoordt niet
error-staff-away-advice = We kunnen hem niet bereiken, of hij laat ons niets vragen. Er is niets veranderd. Probeer het zo opnieuw; helpt dat niet, meld het dan aan de beheerders van dit platform.
error-staff-refused-title = U bent niet ingelogd
error-staff-refused-advice = De inlog van uw bedrijf zei nee, of zijn antwoord was niet te vertrouwen. Ga terug naar het portaal en log opnieuw in.
error-staff-not-allowed-title = U hebt hier geen toegang
error-staff-not-allowed-advice = Uw bedrijf kent u, maar geen van uw groepen geeft u een rol in dit portaal, of iemand heeft die hier weggehaald. Vraag het de beheerders van dit platform.

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

# Documentatie: waarom iemand dit te horen krijgt, en wat eraan te doen is
docs-cause-invalid-request = Het verzoek is niet te lezen: een parameter ontbreekt, staat er twee keer of is te lang, of de credential is op twee manieren meegegeven.
docs-fix-invalid-request = Vergelijk uw verzoek met het voorbeeld. Stuur elke parameter één keer, en de credential op één manier.
docs-cause-invalid-client = Het client-id of het geheim is fout, of de credential is uitgezet of hoort bij een andere omgeving.
docs-fix-invalid-client = Controleer of id en geheim van deze omgeving zijn en in hun geheel zijn gekopieerd. Is het geheim kwijt, maak dan een nieuw in het portaal.
docs-cause-invalid-grant = De code, het vernieuwingstoken of het wachtwoord wordt niet aanvaard: onbekend, te oud of al gebruikt.
docs-fix-invalid-grant = Begin opnieuw: stuur de persoon naar de toestemmingspagina voor een nieuwe code. Gebruik elke code één keer, en altijd het nieuwste vernieuwingstoken.
docs-cause-unauthorized-client = Deze credential is niet voor dit grant type gemaakt.
docs-fix-unauthorized-client = Gebruik een credential die ervoor gemaakt is. De grant types van een credential zijn niet te wijzigen.
docs-cause-unsupported-grant-type = Niemand kan dit grant type hier gebruiken.
docs-fix-unsupported-grant-type = Stuur een van de grant types die bij het tokenadres staan, in kleine letters.
docs-cause-invalid-scope = De scope is onbekend, verkeerd gespeld of meer dan deze credential heeft.
docs-fix-invalid-scope = Laat de scope weg om alles te krijgen wat de credential heeft, of vraag om een deel ervan.
docs-cause-invalid-target = De genoemde resource is niet de API van deze omgeving.
docs-fix-invalid-target = Laat de parameter resource weg.
docs-cause-temporarily-unavailable = Iets van ons is even weg. Aan uw credential ligt het niet.
docs-fix-temporarily-unavailable = Probeer het opnieuw na de seconden van Retry-After. Gooi de credential of het token niet weg.
docs-cause-too-many-requests = Er is vaker om tokens gevraagd, of er zijn vaker foute geheimen geprobeerd, dan mag.
docs-fix-too-many-requests = Bewaar een token zolang het leeft in plaats van er een per aanroep te vragen. Wacht de seconden van Retry-After.
docs-cause-body-too-large = De inhoud is langer dan alles wat hier gelezen wordt.
docs-fix-body-too-large = Stuur de parameters van het voorbeeld en niets anders.
docs-cause-body-too-slow = De inhoud kwam niet op tijd aan.
docs-fix-body-too-slow = Stuur het verzoek nog eens.
docs-cause-unsupported-media-type = De Content-Type wordt hier niet gelezen, of de inhoud is gecomprimeerd.
docs-fix-unsupported-media-type = Zet de Content-Type van het voorbeeld, en comprimeer de inhoud niet.
docs-cause-misdirected-request = Geen omgeving van dit platform heeft de host van het verzoek.
docs-fix-misdirected-request = Gebruik het adres van de omgeving zoals het onder Servers staat.
docs-cause-dead-token = Het token is onbekend, afgelopen of niet van u.
docs-cause-password-must-change = Het wachtwoord klopt, en de persoon moet het wijzigen voordat er tokens zijn.
docs-cause-token-required = Er is geen toegangstoken gestuurd.
docs-fix-token-required = Stuur de header Authorization met Bearer, een spatie en het token.
docs-cause-invalid-token = Het toegangstoken is afgelopen, ingetrokken of van een andere omgeving.
docs-fix-invalid-token = Vraag een nieuw token en herhaal de aanroep één keer. Wordt hij weer geweigerd, kijk dan van welke omgeving elk van beide is.
docs-cause-insufficient-scope = Het token opent deze methode daar niet.
docs-fix-insufficient-scope = Het antwoord noemt de scope die nodig is. Heeft de credential die, vraag er dan om; zo niet, maak een credential die hem heeft.
docs-cause-version-foreign = De credential is voor een andere versie van de API gemaakt.
docs-fix-version-foreign = Gebruik een credential die voor deze versie gemaakt is.
docs-cause-concurrent-requests = Er lopen zoveel verzoeken van uw account als er tegelijk mogen lopen, over al zijn credentials samen.
docs-fix-concurrent-requests = Wacht tot er een klaar is, en laat er minder naast elkaar lopen.
docs-cause-requests-per-second = De credential deed in deze seconde zoveel verzoeken als mag.
docs-fix-requests-per-second = Spreid de aanroepen, en wacht de seconden van Retry-After.
docs-cause-requests-per-day = De credential deed vandaag (UTC) zoveel verzoeken als mag.
docs-fix-requests-per-day = Wacht tot de volgende dag, of vraag om een groter budget.

# Documentatie: de pagina
docs-title = Documentatie
docs-first = Hoe uw programma { $environment } aanroept: van de uitnodiging tot het eerste antwoord in minder dan vijf minuten.
docs-contents = Inhoud
docs-search = Zoeken
docs-found = Gevonden
docs-start = Beginnen
docs-start-invitation = U kreeg een uitnodiging per mail. Volg de link en kies een wachtwoord; de link werkt één keer.
docs-start-portal = Meld u aan bij het portaal en maak een integratiecredential. Geef die alleen de scopes die uw programma nodig heeft.
docs-start-secret = Bewaar het client-id en het geheim waar uw programma zijn geheimen bewaart. Het geheim wordt één keer getoond.
docs-start-token = Vraag het tokenadres om een toegangstoken, met het eerste voorbeeld:
docs-start-call = Roep de API aan met het token, met het tweede voorbeeld:
docs-start-call-nothing = Stuur het token met elke aanroep mee, als Authorization: Bearer.
docs-start-variables = De voorbeelden lezen waar en als wie ze aanroepen uit deze variabelen, zodat er geen geheim in een programma staat:
docs-sample-token = 1. Een toegangstoken halen
docs-sample-call = 2. De API aanroepen
docs-renewal = Tokens vernieuwen
docs-renewal-lives = Een toegangstoken leeft
docs-renewal-keep = Bewaar het en gebruik het voor elke aanroep tot kort voor het einde; expires_in zegt wanneer. Een token per aanroep is trager, en loopt tegen de grenzen aan.
docs-renewal-refused = Is het antwoord op een aanroep 401 met invalid_token, haal dan een nieuw token en herhaal de aanroep één keer. Antwoorden met 429 of 503 zeggen in Retry-After hoe lang u wacht; het token is dan nog goed.
docs-renewal-refresh = Voor tokens waarvoor een persoon toestemming gaf, gebruikt u het vernieuwingstoken dat erbij kwam. Elke vernieuwing brengt een nieuw: bewaar dat voordat u het toegangstoken gebruikt, en gebruik het oude nooit meer.
docs-renewal-no-refresh = Bij client credentials is er geen vernieuwingstoken: het client-id en het geheim brengen het volgende toegangstoken.
docs-renewal-overlap = Een geheim is zonder onderbreking te vervangen: het portaal geeft een tweede, en beide werken tot u het oude beëindigt.
docs-servers = Servers
docs-servers-first = Credentials, tokens en gegevens van de ene omgeving worden nooit door een andere aanvaard. Probeer uit op de mock of in een testomgeving.
docs-server = Server
docs-url = URL
docs-what-for = Waarvoor
docs-server-here = Deze omgeving
docs-server-mock = Antwoordt met de voorbeelden uit de documentatie, zonder credential; er wordt niets bewaard
docs-server-other = Een andere omgeving, met eigen credentials
docs-limits = Grenzen
docs-limits-first = Wat in deze omgeving geldt. Een antwoord met status 429 noemt de grens en zegt in Retry-After wanneer u terug kunt komen.
docs-limit-lifetime = Een toegangstoken leeft
docs-limit-refresh-lifetime = Een ongebruikt vernieuwingstoken leeft
docs-limit-code-lifetime = Een autorisatiecode leeft
docs-limit-tokens-of-address = Tokenverzoeken van één adres: hoogstens { $number } in elke 60 seconden.
docs-limit-tokens-of-credential = Tokenverzoeken met één credential: hoogstens { $number } in elke 60 seconden.
docs-limit-at-once = Aanroepen van één klant tegelijk, over al zijn credentials: hoogstens { $number }.
docs-limit-per-second = Aanroepen met één credential: hoogstens { $number } in elke seconde, tenzij hij een eigen budget heeft.
docs-limit-per-day = Aanroepen met één credential: hoogstens { $number } op een dag (UTC), tenzij hij een eigen budget heeft.
docs-limit-calls-unlimited = Aanroepen van de API zijn hier niet begrensd, tenzij een credential een eigen budget heeft.
docs-limit-failures = Foute geheimen voor één client-id van één adres: hoogstens { $number } in elke 60 seconden.
docs-limit-body = Een tokenverzoek is hoogstens { $number } KiB lang.
docs-errors = Fouten
docs-errors-first = Programma's lezen de status en error; de zin ernaast is voor mensen. Elk antwoord draagt X-Request-Id, waarmee support het verzoek vindt.
docs-error = Fout
docs-cause = Oorzaak
docs-fix = Wat te doen
docs-scopes = Scopes
docs-scopes-first = Wat u in scope kunt vragen. Heeft een scope rechten, dan volgen een punt en het recht: read voor GET, add voor POST, write voor PUT en PATCH, delete voor DELETE.
docs-try = Uitproberen
docs-try-first = Elke operatie hieronder is vanaf deze pagina aan te roepen: de mock zonder meer, deze omgeving met uw credential. Het token dat komt, wordt voor de volgende aanroepen gebruikt.
docs-try-script = Aanroepen vanaf deze pagina vraagt JavaScript. De voorbeelden werken zonder.
docs-try-memory = Blijft in het geheugen van deze pagina zolang die open is, en nergens anders. Wat u naar deze omgeving stuurt, is echt.
docs-client-id = Client-id
docs-client-secret = Geheim
docs-access-token = Toegangstoken
docs-apis = API's
docs-authentication = Authenticatie
docs-download = Downloaden
docs-send = Versturen
docs-sending = Wordt verstuurd…
docs-mock = Mock
docs-answer = Antwoord
docs-documented = Het gedocumenteerde succes
docs-dates = Datums en tijden
docs-dates-first = Stuur deze header met een aanroep mee, en elke datum met een tijd in een JSON-antwoord van de API heeft de ene vorm yyyy-MM-ddTHH:mm:ssZ, in UTC. Zonder blijven de eigen vormen van de API.
docs-request = Verzoek
docs-body = Inhoud
docs-unreachable = Er kwam geen antwoord. Draait de server, en bent u verbonden?
docs-needs-credential = Vul eerst onder Uitproberen uw credential in; haal voor een aanroep van de API een toegangstoken.
docs-required = verplicht
docs-deprecated = Niet voor nieuwe programma's
docs-parameters = Parameters
docs-answers = Antwoorden
docs-proves-basic = Client-id en geheim via HTTP Basic.
docs-proves-bearer = Toegangstoken in de header Authorization.

menu = Hoofdmenu
menu-portal = Portaal
menu-identity = Identiteit
menu-documentation = Documentatie
menu-status = Status
copy = Kopiëren
copied = Gekopieerd
cancel = Annuleren
never = nooit
from = vanaf
uuid = UUID
pages = Pagina's
page-first = Eerste pagina
page-next = Volgende pagina
crumbs-account-settings = Accountinstellingen
crumbs-access-rights = Toegangsrechten

credentials-title = Integratiegegevens
credentials-first = Hiermee melden programma's zich aan. Elk heeft eigen scopes en kan worden vervangen zonder dat andere er iets van merken.
credentials-generate = Gegevens aanmaken
credentials-search = Zoek op naam, client-id of UUID
credentials-search-action = Zoeken
credentials-sort = Volgorde
credentials-sort-name = op naam
credentials-sort-newest = nieuwste eerst
credentials-count = { $number ->
    [one] 1 stel gegevens
   *[other] { $number } stel gegevens
}
credentials-none-title = Nog geen gegevens
credentials-none-advice = Maak de eerste aan: kies wat ermee mag, en neem het geheim mee.
credentials-none-found = Niets gevonden. Zoek op een deel van een naam, of op een hele client-id of UUID.
column-name = Naam
column-description = Omschrijving
column-account = Account
column-client-id = Client-id
column-version = Versie
column-scopes = Scopes
column-secrets = Geheimen
column-last-used = Laatst gebruikt
column-days = 30 dagen
credential-disabled = uitgeschakeld
secret-expires = eindigt
secret-ends = Eindigt
secret-no-expiry = verloopt niet
secret-none = geen
secret-hint = Geheim
secret-chosen = gekozen
secret-imported = geïmporteerd, nog niet gebruikt
secret-still-old = Iemand gebruikt het oudere geheim nog: het adres staat ernaast.
summary-read = leest { $number }
summary-add = voegt toe { $number }
summary-write = wijzigt { $number }
summary-delete = verwijdert { $number }
summary-use = gebruikt { $number }
summary-nothing = niets
summary-everything = alles wat de API biedt
permission-read = lezen
permission-add = toevoegen
permission-write = wijzigen
permission-delete = verwijderen
permission-title-read = Lezen
permission-title-add = Toevoegen
permission-title-write = Wijzigen
permission-title-delete = Verwijderen
days-picture = { $number ->
    [0] geen verzoeken in 30 dagen
    [one] 1 verzoek in 30 dagen
   *[other] { $number } verzoeken in 30 dagen
}

new-first = Met wat u hier maakt krijgt een programma tokens. Het geheim wordt één keer getoond, na Opslaan.
new-scope = Scope
new-may-use = Mag gebruiken
new-version-advice = Elke versie heeft eigen scopes; gegevens gelden voor één versie.
new-grant = Grant
grant-client_credentials = client_credentials: het programma handelt voor zichzelf
grant-authorization_code = authorization_code: mensen laten het programma voor hen handelen
new-redirect-uris = Redirect-URI's
new-redirect-uris-advice = Eén per regel, heel en exact; alleen voor authorization_code.
new-start-from = Begin met
preset-read = Alles lezen
preset-all = Alles
preset-none = Niets
new-secret = Geheim
new-secret-advice = U kiest het hier. Minstens 12 tekens; niemand kan het later nog lezen, ook wij niet.
new-save = Opslaan

text-empty = Vul hier iets in.
text-blank = Laat de spatie ervoor of erachter weg.
text-too-long = Dit is te lang. Maak het korter.
text-control-character = Hier staat een regeleinde of stuurteken in. Laat het weg.
allow-nothing = Kies er minstens één: met gegevens waarmee niets mag is niemand geholpen.
credential-not-possible = Dit kan hier niet worden gekozen. Kies opnieuw.
credential-account-suspended = Dit account is opgeschort; er kunnen geen gegevens voor worden gemaakt.
credential-busy = Er wordt nu te veel aangemaakt. Probeer het zo opnieuw.
credential-conflict = Iemand anders heeft dit intussen gewijzigd. Bekijk het eerst opnieuw.
redirect-uri-unfit = Geef minstens één heel adres met https, of van de eigen computer; zonder fragment en jokertekens.
secret-missing = Kies een geheim.
secret-too-short = Een geheim heeft minstens 12 tekens. Maak het langer.
secret-too-long = Een geheim heeft hoogstens 256 bytes. Maak het korter.
secret-too-uniform = Een geheim heeft minstens vijf verschillende tekens. Kies een ander.
secret-not-ascii = Een geheim heeft alleen letters, cijfers en leestekens die elk programma kan sturen. Kies een ander.

made-title = Bewaar dit geheim nu
made-title-chosen = De gegevens zijn klaar
made-first = Het wordt niet meer getoond. Het is het geheim van
made-first-chosen = Gebruik ze met het geheim dat u koos. Ze heten
made-others-expire = Het oudere geheim eindigt
made-secret = Client secret
made-download = Downloaden
made-token-url = Token-URL
made-docs = Documentatie
made-try = Probeer het
made-warning = Als u deze pagina verlaat, kan niemand het geheim meer zien: u niet en wij niet.
made-stored = Ik heb het geheim bewaard
made-done = Klaar

show-made = Gemaakt
budget = Budget
budget-of-day = { $number } van { $most } verzoeken vandaag gebruikt (UTC)
budget-of-second = hoogstens { $number } verzoeken per seconde
budget-monitored = Alleen geteld: verzoeken daarboven gaan door.
edit-title = Naam en omschrijving
edit-save = Opslaan
edit-why-not-scopes = Scopes en rechten kunnen niet worden gewijzigd: programma's rekenen erop. Maak nieuwe gegevens en verwijder de oude.
edit-copy = Een kopie maken met andere scopes
end-title = Uitschakelen of verwijderen
end-advice = Uitgeschakeld krijgen ze geen tokens en worden hun tokens geweigerd, tot u ze weer inschakelt. Verwijderd zijn ze voorgoed weg.
disable-action = Uitschakelen
enable-action = Inschakelen
delete-action = Gegevens verwijderen
delete-tokens = { $number ->
    [0] Er stopt geen levend token.
    [one] Eén levend token stopt nu.
   *[other] { $number } levende tokens stoppen nu.
}
delete-last-used = Laatst gebruikt
delete-never-used = Ze zijn nooit gebruikt.
delete-type-name = Typ de naam om verder te gaan:
delete-wrong-name = Dit is niet de naam. Typ hem zoals hij hierboven staat.
rotate-action = Geheim vervangen
rotate-first = Er wordt een nieuw geheim gemaakt en één keer getoond. Het oude geldt nog zolang u kiest, zodat programma's kunnen overstappen.
rotate-third = Er gelden al twee geheimen: het oudste eindigt meteen.
rotate-overlap = Het oude geheim eindigt
rotate-days = { $number ->
    [0] meteen
    [one] over één dag
   *[other] over { $number } dagen
}
done-credential-saved = Opgeslagen.
done-credential-disabled = Uitgeschakeld. Tokens worden vanaf nu geweigerd.
done-credential-enabled = Ingeschakeld.
done-credential-deleted = Verwijderd. De tokens werken niet meer.

error-nothing-title = Deze pagina is er niet
error-nothing-advice = Het adres klopt niet, of wat er stond is weg, of het is niet voor u.
error-made-already-title = Deze gegevens bestaan al
error-rotated-already-title = Dit geheim is al gemaakt
error-made-already-advice = Het formulier is twee keer verstuurd. Het geheim werd de eerste keer getoond en kan niet nog eens: vervang het als u het niet hebt bewaard.

status-line-operational = Alles werkt
status-line-no-data = Alles werkt
status-line-maintenance = Er is onderhoud gaande
status-line-degraded = Sommige systemen haperen
status-line-down = Sommige systemen liggen eruit
status-unwell = Er worden nu geen tokens uitgegeven
status-unwell-first = Onze database antwoordt niet. Er wordt naar gekeken; probeer het zo opnieuw.
status-from-memory = Hieronder staat wat bekend was op
status-nothing-known = Daarvoor was niets bekend.
status-as-of = Stand van
status-parts = Systemen
status-bars = De laatste { $days } dagen: { $bad } met storing, { $unknown } zonder gegevens
status-share = { $share } % van de aanvragen mislukte
status-first-day = { $days } dagen geleden
status-today = vandaag
status-days = Dagen met fouten
status-day = Dag (UTC)
status-now = Nu
status-planned = Gepland onderhoud
status-past = De laatste 14 dagen
status-none-past = De laatste 14 dagen is niets gemeld.
status-how = Hoe dit wordt gemeten
status-how-counted = Elke aanvraag telt met haar antwoord. Mislukt is wat aan ons lag: een serverfout, een database die weg is, een API achter ons die niet antwoordt. Wat een aanvraag zelf fout deed telt niet mee. Een onderdeel waar niemand om vroeg is niet mislukt; een dag is zonder gegevens waar niemand er was om te tellen. Dagen zijn in UTC.
status-how-day = Een dag is oranje als meer dan { $amber } % van de aanvragen mislukte, en rood als dat meer dan { $red } % was. Minder dan { $fewest } fouten zeggen niets.
status-how-now = Een systeem hapert als meer dan { $amber } % van de aanvragen van de laatste { $minutes } minuten mislukte, en ligt eruit als dat meer dan { $red } % was. Wat is gemeld telt ook mee.
status-for-programs = Voor programma's:
component-tokens = Tokens
component-api = API
component-api-version = API { $version }
component-portal = Portaal
component-documentation = Documentatie
standing-operational = normaal
standing-no-data = geen gegevens
standing-maintenance = onderhoud
standing-degraded = hapert
standing-down = ligt eruit
incident-state-investigating = Wordt onderzocht
incident-state-identified = Oorzaak bekend
incident-state-monitoring = Wordt gevolgd
incident-state-scheduled = Gepland
incident-state-resolved = Opgelost
incident-state-under-way = Gaande
incident-state-over = Voorbij
incident-kind-incident = Storing
incident-kind-maintenance = Onderhoud
incident-concerns = Betreft
incident-began = Begon
incident-resolved-at = Opgelost
incident-from = Van
incident-until = Tot
incidents-title = Status
incidents-first = Wat u iedereen vertelt op de statuspagina, die zonder aanmelden wordt gelezen.
incidents-page = Bekijk de statuspagina
incidents-new = Meld een storing
incidents-new-maintenance = Kondig onderhoud aan
incidents-none-title = Er is niets gemeld
incidents-none-advice = Wat wordt gemeten verschijnt vanzelf. Meld wat uw klanten daarnaast moeten weten.
incidents-column-title = Titel
incidents-column-updated = Laatste bericht
incident-new-first = Iedereen kan dit lezen zodra het is gepubliceerd, en wie de feed of een webhook volgt krijgt bericht.
incident-title = Titel
incident-text = Wat u vertelt
incident-text-advice = Platte tekst. Adressen erin worden geen links.
incident-began-label = Begon (UTC; leeg: nu)
incident-from-label = Van (UTC)
incident-until-label = Tot (UTC)
incident-state = Stand
incident-publish = Publiceren
incident-told = Wat is verteld
incident-tell = Vertel hoe het verdergaat
incident-tell-action = Bericht publiceren
incident-correct = Verbeteren
incident-correct-first = Titel, systemen en tijden kunnen worden verbeterd. Wat is verteld blijft staan.
incident-correct-action = Opslaan
incident-is-over = Dit is voorbij. Meld wat er nu gebeurt als iets nieuws.
incident-ends-passed = Het einde moet in de toekomst liggen.
incident-component = Dat systeem is er hier niet.
incident-too-far = Dat is meer dan een jaar ver.
incident-not-begun = Een storing is al begonnen. Kondig wat komt aan als onderhoud.
incident-has-no-end = Een storing eindigt als u zegt dat zij is opgelost.
incident-needs-end = Zeg van wanneer tot wanneer.
incident-ends-early = Het einde komt na het begin, en binnen een jaar.
incident-state-unfit = Kies een van deze.
incident-time-unread = Schrijf een dag en een tijd, zoals 2026-11-27T02:00.
incident-conflict = Dit is inmiddels opgelost, of er is zo vaak van verteld als kan.
done-incident-opened = Gepubliceerd. Iedereen kan het nu lezen.
done-incident-told = Het bericht is gepubliceerd.
done-incident-changed = Verbeterd.
event-incident-opened = meldde een storing of onderhoud
event-incident-updated = vertelde hoe een storing verdergaat
event-incident-resolved = zei dat een storing voorbij is

activity-title = Activiteit
activity-first = Wie wat wijzigde, wanneer en vanwaar. Hier kan niets worden gewijzigd of verwijderd.
activity-kind = Soort
activity-kind-all = Alles
activity-kind-credential = Integratiegegevens
activity-kind-person = Personen
activity-kind-session = Aanmeldingen
activity-kind-consent = Toestemmingen
activity-kind-account = Het account
activity-kind-token = Tokens
activity-subject = UUID van gegevens, id van een persoon
activity-subject-title = Over
activity-filter = Filteren
activity-csv = CSV
activity-jsonl = JSON-regels
activity-when = Wanneer
activity-what = Wat
activity-who = Wie
activity-where = Vanaf
activity-none = Hiervan is niets gebeurd.
actor-platform = het platform
actor-credential = een programma
actor-operator = operator
event-account-suspended = schortte het account op
event-account-restored = herstelde het account
event-account-tokens-revoked = beëindigde de tokens van het account
event-activity-exported = exporteerde deze lijst
event-authorization-code-issued = werd door een persoon toegelaten
event-authorization-code-redeemed = haalde de tokens op die een persoon toestond
event-consent-given = liet een toepassing handelen
event-consent-withdrawn = trok de toestemming van een toepassing in
event-credential-budget-changed = gaf gegevens een ander budget
event-credential-created = maakte gegevens aan
event-credential-deleted = verwijderde gegevens
event-credential-disabled = schakelde gegevens uit
event-credential-enabled = schakelde gegevens in
event-credential-foreign-refused = vroeg naar gegevens van een ander account en werd geweigerd
event-credential-secret-rotated = verving een geheim
event-credential-imported = importeerde gegevens
event-credential-secret-imported = importeerde een geheim
event-credential-secret-taken-over = gebruikte een geïmporteerd geheim voor het eerst
event-environment-imported = importeerde gegevens van een andere server
event-credential-tokens-revoked = beëindigde de tokens van gegevens
event-credential-updated = hernoemde gegevens
event-person-created = maakte een persoon aan
event-person-disabled = liet een persoon niet meer toe
event-person-enabled = liet een persoon weer toe
event-person-erased = wiste een persoon
event-person-invitation-taken-up = koos een eerste wachtwoord
event-person-invited = nodigde een persoon uit
event-person-passkey-added = voegde een passkey toe
event-person-passkey-removed = verwijderde een passkey
event-person-password-changed = wijzigde het wachtwoord
event-person-password-set = zette het wachtwoord van een persoon
event-person-recovery-code-used = gebruikte een herstelcode
event-person-role-changed = wijzigde de rol van een persoon
event-person-second-factor-reset = nam de tweede factor van een persoon weg
event-person-second-factor-turned-off = zette de tweede factor uit
event-person-second-factor-turned-on = zette de tweede factor aan
event-person-sessions-ended = beëindigde de sessies van een persoon
event-refresh-token-replayed = gebruikte een refresh token twee keer: de tokens zijn beëindigd
event-session-begun = meldde zich aan
event-session-ended = meldde zich af
event-session-others-ended = meldde zich overal elders af
event-session-password-change-asked = kreeg de vraag om een nieuw wachtwoord
event-session-second-factor-asked = kreeg de vraag om de tweede factor
event-staff-sign-in-refused = kwam niet binnen via de inlog van het bedrijf
event-token-revoked = beëindigde een token
event-token-family-revoked = beëindigde wat een persoon toestond

new-ends = Het geheim eindigt
new-ends-days = { $number ->
    [0] nooit
   *[other] na { $number } dagen
}
made-expires = Dit geheim eindigt
expiring-first = { $number ->
    [one] Een geheim eindigt binnenkort, en er is nog geen nieuw. Vervang het:
   *[other] { $number } geheimen eindigen binnenkort, en er zijn nog geen nieuwe. Vervang ze:
}
event-secret-expiring = meldde dat een geheim binnenkort eindigt

hand-over-title = Verdergaan
hand-over-first = U komt hier aangemeld als
hand-over-action = Verdergaan
error-hand-over-title = Deze link werkt niet meer
error-hand-over-advice = Hij werkt één keer, een minuut lang. Ga terug naar waar u vandaan kwam en volg de link daar opnieuw.
event-person-handed-over = liet een persoon binnen vanuit het product van het platform

menu-operations = Beheer
yes = ja
no = nee
no-limit = geen grens
filter-off = Alles tonen
lasts-seconds = { $number ->
    [one] 1 seconde
   *[other] { $number } seconden
}
lasts-minutes = { $number ->
    [one] 1 minuut
   *[other] { $number } minuten
}
lasts-hours = { $number ->
    [one] 1 uur
   *[other] { $number } uur
}
lasts-days = { $number ->
    [one] 1 dag
   *[other] { $number } dagen
}

disable-reversible = U kunt ze altijd weer aanzetten: tokens die dan nog niet verlopen zijn, werken weer.
preview-tokens = { $number ->
    [0] Er stopt geen levend token.
    [one] Eén levend token stopt nu.
   *[other] { $number } levende tokens stoppen nu.
}
preview-tokens-uncounted = De levende tokens stoppen nu. Het zijn er te veel om ze op tijd te tellen.
preview-jwts = JWT's worden niet geteld: bij de gateway en bij introspectie worden ze meteen geweigerd, elders zodra ze verlopen.

people-title = Mensen
people-first = Wie hier inlogt. Accountbeheerders maken gegevens en nodigen anderen uit; leden lezen.
people-invite = Iemand uitnodigen
people-search = Zoek op gebruikersnaam
people-count = { $number ->
    [one] 1 persoon
   *[other] { $number } mensen
}
people-none-title = Nog niemand
people-none-advice = Nodig de eerste uit. Met een link die één keer werkt kiest men een wachtwoord.
people-none-found = Niemand gevonden. Zoek op een deel van een gebruikersnaam.
people-here = Mensen hier
person-role = Rol
person-factor = Tweede factor
person-last-sign-in = Laatst ingelogd
person-state = Status
person-state-active = actief
person-state-invited = uitgenodigd
person-state-waiting = wacht op een uitnodiging
person-state-disabled = uitgeschakeld
person-you = u
person-made = Toegevoegd
person-id = Id
role-may-account-manager = Maakt, vervangt en verwijdert gegevens, ziet de activiteit, nodigt anderen uit.
role-may-member = Leest de documentatie en beheert het eigen inloggen. Ziet geen gegevens.
invite-first = U krijgt een link om door te geven. Wie hem opent kiest een wachtwoord; hij werkt één keer, binnen zeven dagen.
invite-account-advice = Het account wordt gemaakt als het nieuw is.
invite-username-advice = Waarmee de persoon inlogt, zoals een e-mailadres. Alle schrijfwijzen van één naam zijn één persoon.
invite-action = Uitnodiging maken
invited-title = Geef deze uitnodiging nu door
invited-first = De link wordt niet nog eens getoond. Hij is voor
invited-link = Uitnodiging
invited-until = Werkt tot
invited-mailed = Ook gemaild aan
invited-not-mailed = De uitnodiging kon niet worden gemaild: geef de link zelf door.
invited-warning = Wie deze link heeft kan het wachtwoord kiezen. Stuur hem aan deze persoon en aan niemand anders.
person-role-action = Rol wijzigen
person-role-save = Rol opslaan
person-role-unfit = Kies een van deze rollen.
person-username-taken = Deze gebruikersnaam kan niet: iemand heeft hem al, misschien anders geschreven. Kies een andere.
person-link-title = Nieuwe uitnodiging
person-link-advice = Een link waarmee de persoon een nieuw wachtwoord kiest, één keer, binnen zeven dagen. Zodra hij gebruikt is eindigen het oude wachtwoord en alles waarin daarmee is ingelogd.
person-link-action = Nieuwe uitnodiging maken
person-waiting = Deze persoon heeft geen wachtwoord en geen link: er werd niemand uitgenodigd, of de link is verlopen. Maak een uitnodiging.
person-waiting-no-mail = Hier is geen e-mailadres bekend: geef de link zelf door.
person-sessions-title = Ingelogd
person-sessions = { $number ->
    [one] In één browser.
   *[other] In { $number } browsers.
}
person-sessions-end = Overal uitloggen
person-leave-title = Iemand vertrekt
person-leave-advice = Uitgeschakeld kan een persoon niet inloggen. U kunt het terugdraaien; sessies en toepassingen die beëindigd zijn blijven dat.
person-disable-action = Uitschakelen
person-enable-action = Inschakelen
person-browsers = { $number ->
    [0] Er is geen browser ingelogd.
    [one] Eén browser wordt nu uitgelogd.
   *[other] { $number } browsers worden nu uitgelogd.
}
person-applications = { $number ->
    [0] Geen toepassing handelt namens deze persoon.
    [one] Eén toepassing kan niet meer namens deze persoon handelen.
   *[other] { $number } toepassingen kunnen niet meer namens deze persoon handelen.
}
person-credentials-stay = De gegevens horen bij het account en blijven werken; vervang een geheim dat de persoon kende.
person-own = Dit bent u zelf: u wordt erdoor uitgelogd.
person-last = Niemand anders beheert dit account.
person-last-manager = Dit is de laatste accountbeheerder die kan inloggen. Maak eerst iemand anders accountbeheerder.
done-person-role = { $number ->
    [0] De rol is gewijzigd.
    [one] De rol is gewijzigd; één browser is uitgelogd.
   *[other] De rol is gewijzigd; { $number } browsers zijn uitgelogd.
}
done-person-disabled = { $number ->
    [0] Uitgeschakeld.
    [one] Uitgeschakeld; één browser is uitgelogd.
   *[other] Uitgeschakeld; { $number } browsers zijn uitgelogd.
}
done-person-enabled = Ingeschakeld. De persoon kan weer inloggen.
done-person-sessions-ended = { $number ->
    [0] Er was geen browser ingelogd.
    [one] Eén browser is uitgelogd.
   *[other] { $number } browsers zijn uitgelogd.
}
done-person-nothing = Het was al zo. Er is niets gewijzigd.
error-invited-already-title = Deze uitnodiging is al gemaakt
error-invited-already-advice = Het formulier is twee keer verstuurd. De link is de eerste keer getoond en kan niet nog eens getoond worden: maak een nieuwe uitnodiging op de pagina van de persoon.

operations-first = Accounts, sleutels, omgevingen, en wat er nu gebeurt.
operations-live = Live
live-first = Wat deze node kort geleden in { $environment } deed.
live-10m = 10 minuten
live-1h = 1 uur
live-refresh = Vernieuwen
live-since = Deze node kijkt sinds
live-tokens = Tokens per seconde
live-requests = Verzoeken per seconde
live-latency = Antwoordtijd
live-refusals = Weigeringen
live-reason = Reden
live-count = Aantal
live-share = Vergeleken
live-no-refusals = Er is niets geweigerd.
live-well = beantwoord
live-refused = geweigerd
live-failed = mislukt
live-numbers = De getallen als tabel
live-at = Vanaf (UTC)
live-node = Meer nodes, en meer dan een uur: een Prometheus die
live-node-admin = leest op het beheeradres van elk.

accounts-title = Accounts
accounts-first = De klanten. Blokkeren stopt de gegevens, tokens en sessies in elke omgeving, en kan worden teruggedraaid.
accounts-search = Zoek op naam of id
accounts-count = { $number ->
    [one] 1 account
   *[other] { $number } accounts
}
accounts-none-title = Nog geen accounts
accounts-none-advice = Een account begint met de eerste persoon: nodig een accountbeheerder uit.
accounts-none-found = Niets gevonden. Zoek op een deel van een naam, of op een heel id.
account-state = Status
account-active = actief
account-suspended = geblokkeerd
account-suspended-since = Geblokkeerd
account-invite = Accountbeheerder uitnodigen
account-back = Terug naar het account
account-suspend = Blokkeren
account-restore = Vrijgeven
account-credentials-here = { $number ->
    [one] 1 in deze omgeving
   *[other] { $number } in deze omgeving
}
account-credentials-all = van { $number } in totaal
account-people-all = { $number ->
    [one] Eén persoon
   *[other] Alle { $number } mensen
}
account-people-none = Niemand van dit account logt hier al in.
limit-tokens = Tokenverzoeken per minuut en adres
limit-concurrent = Verzoeken tegelijk
limit-second = Verzoeken per seconde en koppeling
limit-day = Verzoeken per dag en koppeling
suspend-first = In elke omgeving, meteen:
suspend-credentials = { $number ->
    [0] Er stoppen geen gegevens.
    [one] Eén stel gegevens stopt met werken.
   *[other] { $number } stel gegevens stoppen met werken.
}
suspend-never-used = Er is er nooit een gebruikt.
suspend-sessions = { $number ->
    [0] Er is geen browser van de mensen ingelogd.
    [one] Eén browser van de mensen wordt uitgelogd.
   *[other] { $number } browsers van de mensen worden uitgelogd.
}
suspend-reversible = Vrijgeven brengt alles terug wat dan nog niet verlopen is.
suspend-reason = Reden (niet verplicht)
suspend-reason-advice = Wordt bewaard in het auditspoor.
restore-first = In elke omgeving, meteen:
restore-credentials = { $number ->
    [0] Er komen geen gegevens terug.
    [one] Eén stel gegevens werkt weer.
   *[other] { $number } stel gegevens werken weer.
}
restore-tokens = { $number ->
    [0] Er komt geen levend token terug.
    [one] Eén token dat niet verlopen is werkt weer.
   *[other] { $number } tokens die niet verlopen zijn werken weer.
}
restore-sessions = { $number ->
    [0] Er komt geen sessie terug.
    [one] Eén browser van de mensen is weer ingelogd.
   *[other] { $number } browsers van de mensen zijn weer ingelogd.
}
done-account-suspended = { $number ->
    [0] Geblokkeerd.
    [one] Geblokkeerd; één stel gegevens werkt niet meer.
   *[other] Geblokkeerd; { $number } stel gegevens werken niet meer.
}
done-account-restored = { $number ->
    [0] Vrijgegeven.
    [one] Vrijgegeven; één stel gegevens werkt weer.
   *[other] Vrijgegeven; { $number } stel gegevens werken weer.
}

keys-title = Sleutels
keys-first = Wat in deze omgeving tokens ondertekent. Een wisseling kondigt de volgende sleutel aan voor hij ondertekent, en er stopt niets.
keys-rotate = Sleutel wisselen
keys-back = Terug naar de sleutels
keys-published-at = Gepubliceerd op
key-kid = Sleutel
key-state = Status
key-state-announced = aangekondigd
key-state-signing = ondertekent
key-state-retired = gepubliceerd
key-state-expired = afgedankt
key-state-revoked = ingetrokken
key-life = Leven
key-made = gemaakt
key-signs-from = Ondertekent vanaf
key-signs-until = Ondertekent tot
key-published-until = Gepubliceerd tot
key-until-rotation = tot hij gewisseld wordt
key-revoke = Intrekken
key-now = nu
key-stretch-announced = aangekondigd
key-stretch-signing = ondertekent
key-stretch-retired = gepubliceerd
rotate-key-first = Wat er gebeurt:
rotate-key-now = Nu wordt een nieuwe sleutel ({ $algorithm }) gemaakt en gepubliceerd.
rotate-key-signs = Hij ondertekent
rotate-key-announcement = Wie de gepubliceerde sleutels bewaart heeft { $time } om hem te leren kennen.
rotate-key-old = De sleutel tot nu toe blijft gepubliceerd voor de tokens die hij ondertekende, en is weg
rotate-key-nothing-stops = Er stopt geen token.
rotate-key-announced-already = Er is al een opvolger aangekondigd. Die moet eerst ondertekenen.
revoke-key-first = Voor een sleutel die gelekt is, en voor niets anders. Het kan niet worden teruggedraaid.
revoke-key-tokens = Elk token dat hij ondertekende wordt hier van nu af geweigerd.
revoke-key-replaced = Hij ondertekent nu: een nieuwe sleutel neemt meteen zijn plaats in, zonder aankondiging.
revoke-key-not-signing = Hij ondertekent nu niet: de sleutel die dat wel doet blijft.
revoke-key-caches = Wie de gepubliceerde sleutels bewaart weigert tokens van de nieuwe, en aanvaardt die van de oude, tot hij ze opnieuw ophaalt.
revoke-key-instead = Om een sleutel te vervangen die niet gelekt is:
revoke-key-type-name = Typ om door te gaan de naam van de omgeving:
revoke-key-wrong-name = Dit is niet de naam van de omgeving. Typ hem zoals hij hierboven staat.
done-key-announced = De opvolger is aangekondigd.
done-key-replaced = Ingetrokken. Een nieuwe sleutel ondertekent vanaf nu.
done-key-revoked = Ingetrokken.

environments-title = Omgevingen
environments-first = Wat de configuratie van elke maakt. Ze wordt in het bestand gewijzigd en bij het starten gelezen.
environment-here = deze
environment-url = Issuer
environment-dialect = Dialect
environment-tokens = Access tokens
environment-secrets = Geheimen
environment-secrets-chosen = door mensen gekozen
environment-secrets-generated = gemaakt
environment-consent = Vraagt om toestemming
lifetime-access-token = Access tokens leven
lifetime-refresh-token = Refresh tokens leven
lifetime-code = Autorisatiecodes leven
lifetime-session = Sessies leven
lifetime-key-announcement = Sleutels worden vooraf aangekondigd
environment-relaxations = { $number ->
    [one] Eén versoepeling van kracht
   *[other] { $number } versoepelingen van kracht
}
environment-no-relaxations = Geen versoepeling van kracht.

event-person-foreign-refused = vroeg naar een persoon van een ander account, en werd geweigerd
event-signing-key-created = maakte de eerste ondertekensleutel
event-signing-key-announced = kondigde een ondertekensleutel aan
event-signing-key-revoked = trok een ondertekensleutel in
# Verzoeken, voor een gesprek met support.
requests-title = Verzoeken
requests-first = { $number ->
    [one] De laatste verzoeken met deze gegevens, voor een gesprek met support. Ze worden hooguit één dag bewaard, en geheimen zijn onleesbaar gemaakt.
   *[other] De laatste verzoeken met deze gegevens, voor een gesprek met support. Ze worden hooguit { $number } dagen bewaard, en geheimen zijn onleesbaar gemaakt.
}
requests-not-kept = Verzoeken worden hier niet bewaard.
requests-find = Id van een verzoek, of UUID van gegevens
requests-find-action = Zoeken
requests-find-link = Een verzoek zoeken met zijn id
requests-find-first = Elk antwoord heeft het id van zijn verzoek in de header X-Request-Id. Vul het hier in, of de UUID van gegevens.
requests-find-none = Zo'n verzoek is er niet meer, of niet van uw account.
requests-all = Alle
requests-failures = Alleen wat mislukte
requests-request = Verzoek
requests-answer = Antwoord
requests-took = Duur
requests-id = Id van het verzoek
requests-credential = Gegevens
requests-door = Gestuurd naar
requests-door-token = het token-adres
requests-door-gateway = de API
requests-reason = Reden
requests-unproven = niet bewezen
requests-none = Met deze gegevens is nog niets gevraagd. Het volgende verzoek staat hier even na zijn antwoord.
requests-none-failed = Er is niets mislukt.
requests-answered = Het is beantwoord.
requests-failed-there = Het antwoord is van de API zelf.
requests-show-first = Download het voor support. Geheimen zijn onleesbaar gemaakt: wat hier staat, en niets anders, staat in het bestand.
requests-txt = Als tekst downloaden
requests-xml = Als XML downloaden
milliseconds = ms
event-request-exported = downloadde een verzoek

# Waarom een verzoek geweigerd is. De namen zijn die van de logs.
reason-WrongSecret = Het geheim is niet dat van deze gegevens.
reason-SecretMissing = Bij deze gegevens hoort een geheim, en dat is niet gestuurd.
reason-SecretExpired = Het geheim is verlopen of vervangen.
reason-SecretOfPublicClient = Deze gegevens hebben geen geheim; stuur alleen het client-id.
reason-NothingPresented = Er is geen client-id en geen geheim gestuurd.
reason-ClientIdMissing = Er is geen client-id gestuurd.
reason-ClientDisabled = Deze gegevens zijn uitgeschakeld.
reason-AccountSuspended = Het account is geblokkeerd.
reason-TooManyFailures = Van dit adres kwamen te veel verkeerde geheimen; wacht een minuut.
reason-TooManyTokenRequests = Van dit adres kwamen te veel verzoeken om een token; wacht een minuut.
reason-TwoMethods = De gegevens zijn op twee plaatsen gestuurd; stuur ze op één.
reason-TwoAuthorizationHeaders = Er waren twee Authorization-headers; stuur er één.
reason-ClientIdsDiffer = De header en de body noemen verschillende clients.
reason-BrokenBasic = De Authorization-header is geen Basic met base64 van client-id, dubbele punt en geheim.
reason-OtherScheme = De Authorization-header heeft een ander schema dan Basic.
reason-MethodNotRead = De gegevens zijn op een plaats gestuurd die hier niet gelezen wordt.
reason-UnsupportedMediaType = De body is niet van een mediatype dat hier gelezen wordt; stuur een formulier.
reason-DuplicateParameter = Een parameter is twee keer gestuurd.
reason-BrokenPercentEncoding = Een parameter is niet goed procent-gecodeerd.
reason-BrokenJson = De body is geen JSON.
reason-BodyTooLarge = De body is te lang.
reason-BodyTooSlow = De rest van de body kwam niet op tijd.
reason-BodyBroken = De verbinding eindigde voor de body.
reason-GrantTypeMissing = De parameter grant_type is niet gestuurd.
reason-UnknownGrantType = Dit grant-type bestaat niet.
reason-ParameterMissing = Een parameter die bij deze grant hoort, is niet gestuurd.
reason-GrantNotAllowed = Deze gegevens zijn niet voor deze grant gemaakt.
reason-ScopeNotAllowed = Er is om een scope gevraagd die deze gegevens niet hebben.
reason-ScopeOutsideGrammar = De scope heeft tekens die geen scope kan hebben.
reason-ResourceNotAllowed = De resource is niet deze API.
reason-CodeUnknown = De autorisatiecode is niet van ons.
reason-CodeExpired = De autorisatiecode is te oud.
reason-CodeReplayed = De autorisatiecode is al gebruikt.
reason-CodeOfAnotherClient = De autorisatiecode is aan andere gegevens gegeven.
reason-CodeRedirectUriDiffers = De redirect-URI is niet die waarmee om de code gevraagd is.
reason-CodeRedirectUriMissing = De redirect-URI waarmee om de code gevraagd is, is niet gestuurd.
reason-CodeVerifierMissing = De code-verifier is niet gestuurd.
reason-CodeVerifierWrong = De code-verifier past niet bij de challenge.
reason-RefreshTokenUnknown = Het refresh-token is niet van ons.
reason-RefreshTokenExpired = Het refresh-token is te oud.
reason-RefreshTokenSpent = Het refresh-token is door een nieuwer vervangen.
reason-RefreshTokenReplayed = Het refresh-token is twee keer gebruikt, en alles wat ervan kwam is beëindigd.
reason-RefreshTokenOfAnotherClient = Het refresh-token is aan andere gegevens gegeven.
reason-WrongPassword = Het wachtwoord is niet dat van de persoon.
reason-UnknownPerson = Er is niemand met die naam.
reason-PasswordMustChange = De persoon moet eerst het wachtwoord wijzigen.
reason-SecondFactorNeeded = De persoon heeft een tweede factor en kan alleen op de pagina inloggen.
reason-TokenExpired = Het access-token is verlopen; vraag een nieuw.
reason-JwtRefused = Het access-token is verlopen; vraag een nieuw.
reason-TokenRevoked = Het access-token is ingetrokken; vraag een nieuw.
reason-ClientGone = De gegevens van dit access-token zijn uitgeschakeld of verwijderd, of hun tokens zijn beëindigd.
reason-FamilyEnded = Wat een persoon toestond is beëindigd, en dit access-token daarmee.
reason-VersionForeign = Deze gegevens zijn voor een andere versie van de API gemaakt.
reason-ScopeMissing = Het access-token heeft niet de scope die deze methode nodig heeft.
reason-TooManyRequests = Het account heeft zo veel lopende verzoeken als het mag.
reason-TooManyTunnels = Er zijn zoveel WebSocket-verbindingen open als er mogen zijn.
reason-TransferCodingUnknown = Deze transfer-codering wordt hier niet gelezen.
reason-NoFileForUpstream = Er zijn zoveel verbindingen open als er mogen zijn.
reason-UpstreamUnreachable = De API was niet te bereiken.
reason-UpstreamBroken = De API brak haar antwoord af.
reason-UpstreamSilent = De API antwoordde niet op tijd.
reason-CutShortTokenExpired = Het antwoord hield voortijdig op, omdat het access token verlopen was.
reason-CutShortTokenEnded = Het antwoord hield voortijdig op, omdat het access token was ingetrokken of waar het van afhangt was stopgezet.
reason-CutShortStoodStill = Het antwoord hield voortijdig op, omdat er te lang niets bewoog.
reason-RequestStalled = De rest van het verzoek kwam niet op tijd.
reason-RequestBroken = De body van het verzoek kon niet tot het einde gelezen worden.
reason-StoreUnavailable = De database kon niet gevraagd worden; probeer het nog eens.
reason-HashingBusy = Er werden te veel geheimen gecontroleerd; probeer het nog eens.
security-email = Mail voor u gaat naar
event-delivery-given-up = kon een gebeurtenis niet doorgeven
event-delivery-retried = gaf een gebeurtenis opnieuw door
event-forward-auth-refused = vroeg naar verzoeken zonder een van onze proxy's te zijn
event-limit-reached = bereikte een grens
event-budget-reached = gebruikte een groot deel van de verzoeken van de dag
event-mail-tested = stuurde een mail om het te proberen
event-person-email-changed = stelde in waarheen iemands mail gaat
event-webhook-tested = probeerde een webhook

letter-expiring-subject = { $number ->
    [one] { $platform }: een geheim verloopt binnen een dag
   *[other] { $platform }: een geheim verloopt binnen { $number } dagen
}
letter-expiring-first = Een geheim van uw account verloopt binnenkort en er is nog geen ander voor in de plaats. Vanaf dan wordt elk programma geweigerd dat het gebruikt.
letter-expiring-advice = Geef de credential in het portaal een nieuw geheim, en uw programma dat nieuwe geheim:
letter-expiring-last = U krijgt deze mail omdat u een account bij { $platform } beheert.
letter-password-subject = { $platform }: uw wachtwoord is gewijzigd
letter-password-first = Uw wachtwoord is gewijzigd en elke browser die aangemeld was, is afgemeld.
letter-password-advice = Was u dat niet, laat het ons dan meteen weten. Hoe u zich aanmeldt, staat hier:
letter-password-last = U krijgt deze mail omdat het over uw eigen aanmelding bij { $platform } gaat.
letter-factor-subject = { $platform }: uw tweede factor staat uit
letter-factor-first = De tweede factor van uw aanmelding is uitgezet: uw wachtwoord alleen volstaat nu.
letter-factor-advice = Was u dat niet, laat het ons dan meteen weten. U kunt hem hier weer aanzetten:
letter-factor-last = U krijgt deze mail omdat het over uw eigen aanmelding bij { $platform } gaat.
letter-invitation-subject = { $platform }: kies uw wachtwoord
letter-invitation-first = U bent uitgenodigd voor het portaal van { $platform }.
letter-invitation-advice = Volg deze link en kies uw wachtwoord. Hij werkt één keer; geef hem niet door:
letter-invitation-last = Weet u hier niets van, dan hoeft u niets te doen.
letter-test-subject = { $platform }: een mail om het te proberen
letter-test-first = Mail komt aan.
letter-test-advice = Het portaal is hier:
letter-test-last = Iemand die { $platform } beheert, wilde zien of mail aankomt.
letter-account = Account
letter-client-id = Client-id
letter-credential = Credential
letter-ends = Verloopt
letter-until = Tot
letter-username = Gebruikersnaam
letter-uuid = UUID
letter-when = Wanneer

refresh-title = Verversen
refresh-from = Ververst vanuit
refresh-next = Volgende verversing
refresh-last = Laatste verversing
refresh-failed = de nieuwste poging mislukte
refresh-preview = Verversing vooraf bekijken
refresh-first = De accounts en mensen van deze omgeving worden overschreven, alles tegelijk:
refresh-gone = Wie en wat hier sindsdien is gewijzigd is weer als in de bron; mensen die de bron niet heeft zijn weg.
refresh-stays = Wie in beide voorkomt houdt het wachtwoord en de tweede factor van hier. Gegevens van hier blijven zolang hun account blijft, en worden er anders mee uitgeschakeld. Medewerkers blijven.
refresh-invited = Nieuwe mensen hebben geen wachtwoord en krijgen geen mail. Ze wachten tot een accountbeheerder of u hen uitnodigt.
refresh-invited-by-mail = Nieuwe mensen hebben geen wachtwoord. Wie een e-mailadres heeft, wordt per mail uitgenodigd, enkele per seconde; de anderen wachten tot een accountbeheerder of u hen uitnodigt.
refresh-data-until = Gegevens zoals ze stonden op
refresh-personal-data = Persoonsgegevens die meekomen
refresh-made-up = geen; namen zijn verzonnen
refresh-changed = Wat is gewijzigd
refresh-would-change = Wat zou wijzigen
refresh-accounts = { $number ->
    [one] 1 account
   *[other] { $number } accounts
}
refresh-people-arrive = Mensen die komen
refresh-people-change = Mensen die wijzigen
refresh-people-leave = Mensen die gaan
refresh-people-stay = Mensen die blijven zoals ze zijn
refresh-credentials-off = Gegevens die worden uitgeschakeld
refresh-credentials-on = Gegevens die weer worden ingeschakeld
refresh-change-person-arrives = komt
refresh-change-person-changes = wijzigt
refresh-change-person-leaves = gaat
refresh-change-credential-off = wordt uitgeschakeld
refresh-change-credential-on = wordt weer ingeschakeld
refresh-more = { $number ->
    [one] En nog één.
   *[other] En nog { $number }.
}
refresh-action = Nu verversen
refresh-under-way = Deze omgeving wordt al ververst. Kijk zo opnieuw.
done-refreshed = Ververst.
credential-disabled-by-refresh = Uitgeschakeld door een verversing van deze omgeving: het account was niet onder wat overkwam. Ze kunnen weer worden ingeschakeld, en worden dat bij de volgende verversing die het account brengt.
event-environment-refreshed = ververste de omgeving
event-environment-read = las de omgeving voor een verversing van een andere
