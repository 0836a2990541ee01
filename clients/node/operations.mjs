// Chromium as the platform's own staff and as an account manager: looks at what happens now, suspends an account and restores it,
// announces a signing key, tells everyone of an incident and of maintenance; invites a member, who takes the invitation up and sees no credentials. Each page is looked at by
// axe-core, on a phone and on a desk, by day and at night, and kept as a picture in SHOTS. SCRIPTS=off walks the same way with
// JavaScript off.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { step } from './step.mjs'

const { CLIENT_ID, CLIENT_SECRET, ISSUER, MANAGER, COMPANY, OPERATOR, PASSWORD, SCRIPTS, SHOTS, TOKEN_URL } = process.env
const scripts = SCRIPTS !== 'off'
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
mkdirSync(SHOTS, { recursive: true })

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})

async function visitor(options = {}) {
  const context = await browser.newContext({ javaScriptEnabled: scripts, bypassCSP: scripts, ...options })
  if (scripts) await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {})
  const page = await context.newPage()
  page.on('pageerror', (error) => step(`no script fails: ${error.message}`, false))
  return page
}

// axe on a desk and on a phone, and a picture of each; at night too.
async function looked(page, what) {
  const name = what.replaceAll(' ', '-')
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    for (const [where, width, height] of [['desk', 1280, 900], ['phone', 390, 844]]) {
      await page.setViewportSize({ width, height })
      await page.screenshot({ path: join(SHOTS, `${name}-${where}-${colorScheme}.png`), fullPage: true })
      // By day on a desk and at night on a phone: each pair of widths and colours would take twice as long and find nothing more.
      if (!scripts || (where === 'desk') !== (colorScheme === 'light')) continue
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      step(`${what} is no wider than the ${where}`, wide <= width, wide)
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate(() => globalThis.axe.run())
      step(`axe finds nothing: ${what} (${where}, ${colorScheme})`, violations.length === 0,
        JSON.stringify(violations.map((one) => [one.id, one.nodes.map((n) => n.html)])))
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 900 })
}

async function signIn(page, name, password = PASSWORD) {
  await page.fill('#username', name)
  await page.fill('#password', password)
  await page.click('#submit')
}

async function tokens(count, secret = CLIENT_SECRET) {
  const basic = Buffer.from(`${CLIENT_ID}:${secret}`).toString('base64')
  for (let made = 0; made < count; made += 1) {
    await fetch(TOKEN_URL, { method: 'POST', headers: { Authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }) })
  }
}

// The account manager invites someone.
const anna = await visitor()
await anna.goto(`${ISSUER}/portal/people`)
await signIn(anna, MANAGER)
await anna.waitForURL(/people$/)
step('operations leave no trace for an account manager', await anna.locator('a[href^="/portal/operations"]').count() === 0)
const hidden = await anna.goto(`${ISSUER}/portal/operations`)
step('nor are they there by address', hidden.status() === 404, hidden.status())
await anna.goto(`${ISSUER}/portal/people`)
await anna.click('#invite')
const member = `berta.${COMPANY}@example.com`
await anna.fill('#username', MANAGER.toUpperCase())
await anna.click('#submit')
step('a name that is taken in another spelling is refused beside it', await anna.isVisible('#username-problem'))
await looked(anna, 'invite with a mistake')
await anna.fill('#username', member)
await anna.check('input[value=member]')
await anna.click('#submit')
await anna.waitForSelector('#invitation')
const link = (await anna.textContent('#invitation')).trim()
step('the invitation is of this address', link.startsWith(`${ISSUER}/portal/invitation?token=`), link.slice(0, 60))
if (scripts) {
  await anna.locator('#invitation + .copy').click()
  step('the link is copied', await anna.evaluate(() => navigator.clipboard.readText()) === link)
}
await looked(anna, 'invited')
await anna.click('#done')
step('the link is not shown again', !(await anna.content()).includes('gri_'))

// The member takes it up, and sees no credentials.
const berta = await visitor()
await berta.goto(link)
await berta.fill('#newpassword', 'a phrase of my own')
await berta.click('#submit')
await berta.waitForURL(/portal$/)
step('a member sees no credentials and no people',
  await berta.locator('a[href="/portal/credentials"], a[href="/portal/people"]').count() === 0)
const again = await (await visitor()).goto(link)
step('the link works once', again.status() === 400, again.status())

// What is done to people is said before.
await anna.goto(`${ISSUER}/portal/people`)
await looked(anna, 'people')
await anna.getByRole('link', { name: member }).click()
await looked(anna, 'one person')
await anna.click('#role')
step('a new role says what it ends', /browser is signed out now/.test(await anna.textContent('.warning')))
await looked(anna, 'change role')
await anna.goBack()
await anna.click('#disable')
await looked(anna, 'disable')
await anna.click('#submit')
step('disabled, and one browser less', /one browser was signed out/.test(await anna.textContent('.done')), await anna.textContent('.done'))
await berta.goto(`${ISSUER}/portal`)
step('she is signed out', await berta.isVisible('#username'))
await anna.click('#enable')
await anna.waitForSelector('.done')
// The last account manager stays.
await anna.goto(`${ISSUER}/portal/people`)
await anna.getByRole('link', { name: MANAGER, exact: true }).first().click()
await anna.click('#disable')
await anna.click('#submit')
step('the last account manager stays', await anna.isVisible('#form-problem'))

// Staff: what happens now.
await tokens(20)
await tokens(3, 'wrong')
const olga = await visitor()
await olga.goto(`${ISSUER}/portal/operations`)
await signIn(olga, OPERATOR)
await olga.waitForURL(/operations$/)
const told = olga.locator('.reasons', { hasText: 'WrongSecret' })
if (scripts) {
  await told.waitFor({ timeout: 20000 })
  step('the picture is made anew by itself', true)
} else {
  for (let tries = 0; tries < 20 && !(await told.count()); tries += 1) {
    await new Promise((soon) => setTimeout(soon, 1000))
    await olga.click('#refresh')
  }
}
step('refusals are told by reason', await told.count() === 1)
step('numbers are there on hover', await olga.locator('.plot title').count() >= 180)
await looked(olga, 'live')
await olga.click('#live details summary')
await looked(olga, 'live as a table')
await olga.goto(`${ISSUER}/portal/operations?range=1h`)
await looked(olga, 'live for an hour')

// An account is suspended and restored.
await olga.goto(`${ISSUER}/portal/operations/accounts`)
await looked(olga, 'accounts')
await olga.fill('#q', COMPANY)
await olga.press('#q', 'Enter')
await olga.getByRole('link', { name: COMPANY, exact: true }).click()
await looked(olga, 'one account')
await olga.click('#suspend')
step('the page says what stops', /browser of its people is signed out/.test(await olga.textContent('.warning')), await olga.textContent('.warning'))
await looked(olga, 'suspend')
await olga.fill('#reason', 'Unpaid')
await olga.click('#submit')
await olga.waitForSelector('#restore')
await anna.goto(`${ISSUER}/portal/people`)
step('its people are shut out', await anna.isVisible('#username'))
await looked(olga, 'suspended')
await olga.click('#restore')
await looked(olga, 'restore')
await olga.click('#submit')
await olga.waitForSelector('#suspend')
await anna.goto(`${ISSUER}/portal/people`)
step('and come back as they were', await anna.isVisible('#invite'))

// A key is announced.
await olga.goto(`${ISSUER}/portal/operations/keys`)
await olga.click('#rotate')
if (await olga.isVisible('#submit')) {
  await looked(olga, 'rotate key')
  await olga.click('#submit')
} else {
  await olga.goto(`${ISSUER}/portal/operations/keys`)
}
step('a successor is announced', await olga.locator('.life .announced').count() > 0)
await looked(olga, 'keys')
await olga.locator('a[href$="/revoke"]').first().click()
await looked(olga, 'revoke key')
step('a key is not revoked without its environment\'s name', await olga.isVisible('#name'))
await olga.goto(`${ISSUER}/portal/operations/environments`)
await looked(olga, 'environments')
await olga.goto(`${ISSUER}/portal/credentials`)
await olga.locator('tbody a').first().click()
await olga.click('#switch')
step('switching off says what stops', /live token/.test(await olga.textContent('.warning')))
await looked(olga, 'switch off')

// What everyone is told may be five seconds old.
async function everyoneReads(page, how) {
  for (let left = 20; left > 0; left--) {
    await page.goto(`${ISSUER}/status`)
    if (await how()) return true
    await page.waitForTimeout(500)
  }
  return false
}

// Everyone is told of an incident and of maintenance that is to come, and how the incident ends.
const anyone = await visitor()
await anyone.goto(`${ISSUER}/status`)
step('the status page is there for everyone', await anyone.locator('.parts li').count() >= 3)
step('nobody is given a cookie', (await anyone.context().cookies()).length === 0)
step('the menu has its four entries', await anyone.locator('.menu a').count() === 4, await anyone.locator('.menu a').allTextContents())
step('each system has ninety days', await anyone.locator('#c-tokens .strip rect').count() === 90)
await looked(anyone, 'status')
await olga.goto(`${ISSUER}/portal/operations/status`)
await looked(olga, 'incidents')
await olga.click('#new')
await olga.fill('#title', `Some tokens are slow at ${COMPANY}`)
await olga.check('input[value=tokens]')
await olga.fill('#text', 'We are looking for the cause.\n\nWhat was issued stays good.')
await looked(olga, 'report an incident')
await olga.click('#submit')
await olga.waitForSelector('.done')
await looked(olga, 'one incident')
const incident = olga.url().endsWith('/new') ? await olga.getAttribute('#tell', 'action') : ''
step('its page leads on', /status\/[0-9a-f-]{36}\/update$/.test(incident), incident)
await olga.goto(`${ISSUER}/portal/operations/status/new?kind=maintenance`)
const soon = new Date(Date.now() + 36 * 3600 * 1000).toISOString().slice(0, 16)
await olga.fill('#title', `New disks for ${COMPANY}`)
await olga.check('input[value=tokens]')
await olga.fill('#starts_at', soon)
await olga.fill('#ends_at', soon)
await olga.fill('#text', 'Tokens may take longer.')
await olga.click('#submit')
step('an end before the beginning is refused beside it', await olga.isVisible('#ends-problem'))
await looked(olga, 'announce maintenance with a mistake')
await olga.fill('#ends_at', new Date(Date.now() + 38 * 3600 * 1000).toISOString().slice(0, 16))
await olga.click('#submit')
await olga.waitForSelector('.done')
const ours = anyone.locator('.incident', { hasText: COMPANY })
step('everyone reads both', await everyoneReads(anyone, async () => await ours.count() === 2), await ours.allTextContents())
step('the first line says it', /impaired/.test(await anyone.textContent('h1')), await anyone.textContent('h1'))
await anyone.locator('summary').last().click()
await looked(anyone, 'status with an incident')
await olga.goto(ISSUER + incident.replace(/\/update$/, ''))
await olga.check('input[value=resolved]')
await olga.fill('#tell textarea', 'It was a full disk. There is room again.')
await olga.click('#submit')
await olga.waitForSelector('.done')
await looked(olga, 'a resolved incident')
const ended = anyone.locator('.incident', { hasText: `slow at ${COMPANY}` })
step('and how it ended', await everyoneReads(anyone, async () => /Resolved/.test(await ended.textContent())), await ended.textContent())
await looked(anyone, 'status afterwards')

// In Dutch, on a phone.
const dutch = await visitor({ locale: 'nl-NL', viewport: { width: 390, height: 844 } })
await dutch.goto(`${ISSUER}/portal/operations/accounts`)
await signIn(dutch, OPERATOR)
await dutch.waitForURL(/accounts$/)
step('the language is the browser\'s', await dutch.getAttribute('html', 'lang') === 'nl')
await looked(dutch, 'accounts in Dutch')
await dutch.goto(`${ISSUER}/status`)
await looked(dutch, 'status in Dutch')
await browser.close()
