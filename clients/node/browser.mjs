// Chromium, driven by Playwright: sign-in, consent, denial, a forced change, a person's own pages; each page is looked at by
// axe-core, which has to find nothing. SCRIPTS=off walks the same way with JavaScript off (then axe cannot run in the page).
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { step } from './step.mjs'

const { AUTHORIZATION_URL, CLIENT_ID, ISSUER, NEWCOMER, PASSWORD, PERSON, SCOPE, SCRIPTS } = process.env
const scripts = SCRIPTS !== 'off'
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' // RFC 7636, appendix B

// The client: an app that listens on a port of its own (RFC 8252, section 7.3).
const app = createServer((_, answer) => answer.end('back at the client')).listen(0, '127.0.0.1')
await new Promise((ready) => app.once('listening', ready))
const callback = new URL(process.env.REDIRECT_URI)
callback.port = app.address().port

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})

async function visitor(options = {}) {
  const context = await browser.newContext({ javaScriptEnabled: scripts, bypassCSP: scripts, ...options })
  return context.newPage()
}

async function looked(page, what) {
  if (!scripts) return
  await page.addScriptTag({ path: axe })
  const { violations } = await page.evaluate(() => globalThis.axe.run())
  step(`axe finds nothing: ${what}`, violations.length === 0, JSON.stringify(violations.map((one) => [one.id, one.nodes.map((n) => n.html)])))
}

function request(more = {}) {
  const url = new URL(AUTHORIZATION_URL)
  const fields = { response_type: 'code', client_id: CLIENT_ID, redirect_uri: callback.href, scope: SCOPE, state: 's',
    code_challenge: challenge, code_challenge_method: 'S256', ...more }
  for (const [name, value] of Object.entries(fields)) if (value) url.searchParams.set(name, value)
  return url.href
}

async function signIn(page, name, password = PASSWORD) {
  await page.fill('#username', name)
  await page.fill('#password', password)
  await page.click('#submit')
}

async function back(page) {
  await page.waitForURL((url) => url.origin === callback.origin)
}

const told = (page) => new URL(page.url()).searchParams

// Sign-in with a mistake first, consent, and the code.
const page = await visitor()
await page.goto(request({ prompt: 'consent' })) // she may have allowed this client before
await looked(page, 'sign-in')
await signIn(page, PERSON, 'not the password')
step('a mistake is told beside what was typed', await page.inputValue('#username') === PERSON && await page.isVisible('.problem'))
await looked(page, 'sign-in with a mistake')
await signIn(page, PERSON)
await page.waitForURL(/[?]flow=/)
await looked(page, 'consent')
await page.click('#deny')
await back(page)
step('a denial comes back', told(page).get('error') === 'access_denied' && told(page).get('state') === 's', page.url())
await page.goto(request({ prompt: 'consent' }))
await page.click('#allow')
await back(page)
step('a code comes back', told(page).get('code')?.startsWith('grc_') && told(page).get('iss') === ISSUER, page.url())

// A passkey beside the password: made on the person's own page, asked for at the next sign-in.
if (scripts) {
  const keyed = await visitor()
  const devtools = await keyed.context().newCDPSession(keyed)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options: {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true } })
  await keyed.goto(`${ISSUER}/portal`)
  await signIn(keyed, PERSON)
  await keyed.waitForURL(/portal$/)
  await keyed.goto(`${ISSUER}/portal/security`)
  await keyed.click('#passkey-add')
  await looked(keyed, 'a new passkey')
  await keyed.fill('#name', 'A key on the ring')
  await keyed.click('#submit')
  await keyed.waitForSelector('#stored')
  const recovery = await keyed.locator('.codes li').allTextContents()
  step('the first second factor brings recovery codes', recovery.length === 10)
  await keyed.click('#stored')
  step('the passkey is listed by its name', await keyed.getByText('A key on the ring').isVisible())
  await looked(keyed, 'security with a passkey')
  const enter = async () => {
    await keyed.context().clearCookies()
    await keyed.goto(`${ISSUER}/portal`)
    await signIn(keyed, PERSON)
    await keyed.waitForSelector('#use-passkey')
  }
  await enter()
  await looked(keyed, 'second factor by passkey')
  await keyed.goto(`${ISSUER}/portal/security`)
  step('the password alone opens nothing', await keyed.isVisible('#username'))
  await enter()
  const sent = keyed.waitForRequest((one) => one.method() === 'POST')
  await keyed.click('#use-passkey')
  const proof = new URLSearchParams((await sent).postData()).get('passkey')
  await keyed.waitForURL(/portal$/)
  step('with the passkey it does', await keyed.isVisible('#sign-out'))
  await enter()
  await Promise.all([keyed.waitForNavigation(), keyed.evaluate((again) => {
    const form = document.getElementById('passkey-form')
    form.elements.passkey.value = again
    HTMLFormElement.prototype.submit.call(form)
  }, proof)])
  step('a proof is good once', await keyed.isVisible('#code-problem') && !(await keyed.isVisible('#sign-out')))
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await enter()
  await keyed.click('#use-passkey')
  await keyed.waitForSelector('#passkey-problem:visible')
  step('who is not verified is not let in', !(await keyed.isVisible('#sign-out')))
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await keyed.fill('#code', recovery[0])
  await keyed.click('#submit')
  await keyed.waitForURL(/portal$/)
  await keyed.goto(`${ISSUER}/portal/security`)
  await keyed.fill('#off-password', PASSWORD)
  await keyed.click('#factor-off')
  await keyed.waitForSelector('#username')
  await signIn(keyed, PERSON)
  await keyed.waitForURL(/portal$/)
  step('off again, the password is enough', await keyed.isVisible('#sign-out'))
}

// What can only be shown.
await page.goto(request({ redirect_uri: 'https://elsewhere.example.com/' }))
step('a foreign address is shown and not followed', page.url().startsWith(ISSUER))
await looked(page, 'error')

// The person's own pages, on a phone, at night, in Dutch.
const phone = await visitor({ viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'nl-NL' })
await phone.goto(`${ISSUER}/portal`)
await looked(phone, 'sign-in at night')
await signIn(phone, PERSON)
await phone.waitForURL(/portal$/)
await looked(phone, 'portal')
await phone.click('#security')
await phone.waitForURL(/security$/)
step('the language is the browser\'s', await phone.getAttribute('html', 'lang') === 'nl')
await looked(phone, 'security')
const wide = await phone.evaluate(() => document.documentElement.scrollWidth).catch(() => 390)
step('nothing is wider than the phone', wide <= 390, wide)
await phone.click('#factor-on')
await looked(phone, 'second factor')
await phone.goto(`${ISSUER}/portal`)
await phone.click('#sign-out')
await phone.waitForURL(/signed-out$/)
await looked(phone, 'signed out')
await phone.goto(`${ISSUER}/portal`)
step('signed out is signed out', await phone.isVisible('#username'))

// A password that must be changed stands before everything else.
const fresh = await visitor()
await fresh.goto(request())
await signIn(fresh, NEWCOMER)
await fresh.waitForURL(/change-password/)
await looked(fresh, 'change password')
await fresh.goto(`${ISSUER}/portal/security`)
step('nothing else is open', await fresh.isVisible('#username'))
await fresh.goto(request())
await signIn(fresh, NEWCOMER)
await fresh.waitForURL(/change-password/)
await fresh.fill('#password', PASSWORD)
await fresh.fill('#newpassword', 'password1234')
await fresh.click('#submit')
step('a common password is refused', await fresh.isVisible('#newpassword-problem'))
await looked(fresh, 'change password with a mistake')
await fresh.fill('#password', PASSWORD)
await fresh.fill('#newpassword', `a phrase for ${scripts}`)
await fresh.click('#submit')
await fresh.waitForURL(/authorize[?]flow=/)
await fresh.click('#allow')
await back(fresh)
step('after the change the flow goes on', told(fresh).get('code')?.startsWith('grc_'), fresh.url())

await browser.close()
app.close()
