// Chromium as a developer of a customer: reads the documentation, searches it, takes a sample, keeps a language, and calls from the
// page: the mock without a credential, the environment with one. Then looks where the secret might have stayed. Each page is looked at
// by axe-core, on a phone and on a desk, by day and at night, and kept as a picture in SHOTS. SCRIPTS=off reads with JavaScript off.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { step } from './step.mjs'

const { CLIENT_ID, CLIENT_SECRET, ISSUER, SCRIPTS, SHOTS } = process.env
const scripts = SCRIPTS !== 'off'
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
mkdirSync(SHOTS, { recursive: true })

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})

// The page's policy holds for everything but the looks of axe.
async function reader(bypassCSP) {
  const context = await browser.newContext({ javaScriptEnabled: scripts, bypassCSP, viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  page.on('pageerror', (error) => step(`no script fails: ${error.message}`, false))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) step('nothing is against the policy', false, message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(ISSUER) && !request.url().startsWith('data:')) step('nothing comes from elsewhere', false, request.url())
  })
  return page
}

async function looked(page, what) {
  const name = what.replaceAll(' ', '-')
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    for (const [where, width, height] of [['desk', 1280, 900], ['phone', 390, 844]]) {
      await page.setViewportSize({ width, height })
      await page.screenshot({ path: join(SHOTS, `${name}-${where}-${colorScheme}.png`), fullPage: !scripts || where === 'phone' })
      if (!scripts) continue
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      step(`${what} is no wider than the ${where}`, wide <= width, wide)
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate(() => globalThis.axe.run())
      step(`axe finds nothing: ${what} (${where}, ${colorScheme})`, violations.length === 0,
        JSON.stringify(violations.map((one) => [one.id, one.nodes.slice(0, 3).map((n) => n.html.slice(0, 300))])))
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 900 })
}

const page = await reader(false)
const answer = await page.goto(`${ISSUER}/docs`)
step('the documentation is there for everybody', answer.status() === 200, answer.status())
step('it is not large', (await answer.body()).length < 200_000, (await answer.body()).length)
const menu = await page.locator('nav.menu a').allTextContents()
step('the menu is the site’s', menu.map((one) => one.trim()).join() === 'Portal,Identity,Documentation,Status', menu)
const text = await page.textContent('main')
step('the reader’s own addresses are in it', text.includes(`${ISSUER}/portal`) && text.includes('/_mock/auth'), text.slice(0, 500))
step('one sample is shown of eight', await page.locator('pre[data-sample=token]:visible').count() === 1)
await page.click('label[for=token-python]')
step('a language is chosen without scripts too', await page.isVisible('pre[data-sample=token][data-language=python]'))

if (!scripts) {
  const whole = await reader(false)
  await whole.goto(`${ISSUER}/docs`)
  step('every operation can be read', await whole.locator('article.operation').count() >= 8)
  await looked(whole, 'documentation')
  await browser.close()
  process.exit(0)
}

step('the language is the same in the next sample', await page.isVisible('pre[data-sample=call][data-language=python]'))
await page.reload()
step('it is kept', await page.isVisible('pre[data-sample=token][data-language=python]'))

await page.fill('#search-text', 'jwks')
const visible = await page.locator('.contents nav li:visible a[href^="#"]').allTextContents()
step('search leaves what holds the word', visible.length > 0 && visible.length < 6, visible)
await page.fill('#search-text', '')

// The mock, without anything.
const article = page.locator('article[data-method=POST][data-proves], article[data-method=POST]').first()
const token = page.locator('#op-token')
step('the token endpoint is there', await token.count() === 1 && await article.count() === 1)
await token.locator('.tryer').click()
await token.locator('button[type=submit]').click()
await token.locator('output h4').first().waitFor()
const mocked = await token.locator('output .status').textContent()
if (mocked.startsWith('404')) {
  console.log('ok the mock is not there yet: its answers are not looked at')
} else {
  step('the mock answers the documented example', mocked.startsWith('200'), mocked)
}

// The environment: not without a credential, then with one.
await token.locator('select').first().selectOption('here')
await token.locator('button[type=submit]').click()
await token.locator('output .problem').waitFor()
step('without a credential nothing is sent', (await token.locator('output').textContent()).length < 200)
await page.fill('#try-id', CLIENT_ID)
await page.fill('#try-secret', CLIENT_SECRET)
// Scopes of the example may be more than the credential has.
const body = token.locator('textarea')
if (await body.count()) await body.fill((await body.inputValue()).replace(/&?scope=[^&]*/, ''))
await token.locator('button[type=submit]').click()
await token.locator('output h4').first().waitFor()
const real = await token.locator('output .status').textContent()
step('the environment answers with a token', real.startsWith('200'), await token.locator('output').textContent())
const shown = await token.locator('output').textContent()
step('the request is shown without the secret', shown.includes('POST ') && !shown.includes(CLIENT_SECRET), shown)
step('how long it took is shown', / \d+ ms/.test(shown), shown)
const call = page.locator('#op-callapi')
if (await call.count()) {
  await call.locator('.tryer').click()
  await call.locator('select').first().selectOption('here')
  await call.locator('button[type=submit]').click()
  await call.locator('output h4').first().waitFor()
  const called = await call.locator('output .status').textContent()
  step('the token opens the API', called.startsWith('200'), await call.locator('output').textContent())
}

// The secret is nowhere but in the page's memory.
const left = await page.evaluate((secret) => ({
  markup: document.documentElement.outerHTML.includes(secret),
  address: location.href.includes(secret),
  stored: JSON.stringify({ ...localStorage, ...sessionStorage }).includes(secret),
  kept: Object.keys(localStorage),
}), CLIENT_SECRET)
step('the secret is in no attribute, address or storage', !left.markup && !left.address && !left.stored, JSON.stringify(left))
step('what is kept is the language', left.kept.join() === 'grantor-docs-language', left.kept)
const cookies = await page.context().cookies()
step('reading sets no cookie', cookies.length === 0, JSON.stringify(cookies.map((one) => one.name)))
await page.goto(`${ISSUER}/status`)
await page.goBack()
step('whoever comes back finds no secret', await page.inputValue('#try-secret') === '' && await page.inputValue('#try-token') === '')

const looker = await reader(true)
await looker.goto(`${ISSUER}/docs`)
const tried = looker.locator('#op-token')
await tried.locator('.tryer').click()
await tried.locator('button[type=submit]').click()
await tried.locator('output h4').first().waitFor()
await tried.locator('.answer summary').first().click()
await looked(looker, 'documentation')
await tried.scrollIntoViewIfNeeded()
await looker.screenshot({ path: join(SHOTS, 'try-it-desk-light.png') })
await browser.close()
