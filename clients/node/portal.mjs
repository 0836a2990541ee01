// Chromium as an account manager: generates credentials, takes the secret away, gets a token with the line that stands on the
// page, finds, renames, rotates and deletes them. Each page is looked at by axe-core, on a phone and on a desk, and kept as a
// picture in SHOTS. SCRIPTS=off walks the same way with JavaScript off.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { step } from './step.mjs'

const { CHOSEN, ISSUER, MANAGER, MEMBER, PASSWORD, SCOPE, SCRIPTS, SHOTS } = process.env
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

// axe on a desk and on a phone, and a picture of each.
async function looked(page, what) {
  const name = what.replaceAll(' ', '-')
  for (const [where, width, height] of [['desk', 1280, 900], ['phone', 390, 844]]) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: join(SHOTS, `${name}-${where}.png`), fullPage: true })
    if (!scripts) continue
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    step(`${what} is no wider than the ${where}`, wide <= width, wide)
    await page.addScriptTag({ path: axe })
    const { violations } = await page.evaluate(() => globalThis.axe.run())
    step(`axe finds nothing: ${what} (${where})`, violations.length === 0, JSON.stringify(violations.map((one) => [one.id, one.nodes.map((n) => n.html)])))
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}

// The browser's own pages are no pages to Playwright, and one may still be on its way.
async function whatIsShown(page) {
  const devtools = await page.context().newCDPSession(page)
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      const { root } = await devtools.send('DOM.getDocument')
      return (await devtools.send('DOM.getOuterHTML', { nodeId: root.nodeId })).outerHTML
    } catch {
      await new Promise((soon) => setTimeout(soon, 100))
    }
  }
  return ''
}

async function signIn(page, name) {
  await page.fill('#username', name)
  await page.fill('#password', PASSWORD)
  await page.click('#submit')
}

// QC1: only who manages credentials reaches them; others see no trace.
const member = await visitor()
await member.goto(`${ISSUER}/portal`)
await signIn(member, MEMBER)
await member.waitForURL(/portal$/)
step('a member sees no trace', await member.locator('a[href="/portal/credentials"]').count() === 0)
const refused = await member.goto(`${ISSUER}/portal/credentials`)
step('nor reaches them by address', refused.status() === 404, refused.status())

const page = await visitor()
await page.goto(`${ISSUER}/portal/credentials`)
await signIn(page, MANAGER)
await page.waitForURL(/credentials$/)
step('the page that was asked for comes after the sign-in', await page.isVisible('#generate'))

// NX6: the menu.
const menu = (await page.locator('nav.menu a').allTextContents()).join(' ')
step('the menu', menu === 'Portal Identity Documentation Status', menu)
await page.goto(`${ISSUER}/portal`)
await looked(page, 'portal')
await page.click('#menu-identity')

// QC2: name and description are mandatory, and a mistake loses nothing.
await page.click('#generate')
if (SCOPE) await page.locator('input[name=allow]').first().check()
await page.fill('#name', 'Payroll export')
await page.click('#save')
step('the description is mandatory', await page.isVisible('#description-problem') && await page.inputValue('#name') === 'Payroll export')
await looked(page, 'generate with a mistake')
await page.fill('#description', 'Nightly hours to payroll')
if (SCOPE) {
  // QC3, QC4: the grid, by preset, and with scripts by row and by column.
  await page.click('button[value="preset:none"]')
  step('nothing is ticked', await page.locator('input[name=allow]:checked').count() === 0)
  await page.click('button[value="preset:all"]')
  const all = await page.locator('input[name=allow]').count()
  step('everything is ticked', await page.locator('input[name=allow]:checked').count() === all)
  step('what was typed stays', await page.inputValue('#description') === 'Nightly hours to payroll')
  if (scripts) {
    await page.locator('[data-row] button').first().click()
    const columns = await page.locator('[data-column]').count()
    step('a row goes by its head', await page.locator('input[name=allow]:checked').count() === all - columns)
    await page.locator('[data-column] button').first().click()
    step('the summary counts', /\d/.test(await page.textContent('#summary')))
  }
  await page.click('button[value="preset:none"]')
  await page.check(`input[name=allow][value="${SCOPE}"]`)
}
if (CHOSEN) await page.fill('#secret', CHOSEN)
await looked(page, 'generate')
await page.click('#save')
await page.waitForSelector('#done')

// QC5: shown once, with all that is needed to begin.
const secret = CHOSEN || await page.textContent('#secret')
step('the token URL and the documentation stand there', /token/.test(await page.textContent('.facts')))
if (scripts && !CHOSEN) {
  await page.locator('#secret + .copy').click()
  step('the secret is copied', await page.evaluate(() => navigator.clipboard.readText()) === secret)
}
if (!CHOSEN) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#download')])
  step('the download holds it', readFileSync(await file.path(), 'utf8').includes(`client_secret=${secret}`))
}
const line = (await page.textContent('#try')).replace('CLIENT_SECRET', secret)
const again = (given) => execFileSync('sh', ['-c', `${(line).replace(secret, given)} -s -D -`], { encoding: 'utf8' })
const idOf = (answer) => /^x-request-id: ([0-9a-f]{32})/im.exec(answer)?.[1]
const answer = JSON.parse(execFileSync('sh', ['-c', `${line} -s`], { encoding: 'utf8' }))
step('the line gets a token', Boolean(answer.access_token), JSON.stringify(Object.keys(answer)))
await looked(page, 'store this secret')
if (!CHOSEN) {
  await page.click('#done')
  step('Done waits for "I have stored the secret"', await page.isVisible('#secret'))
  await page.check('#have-stored')
}
await page.click('#done')
await page.waitForURL(/credentials\/[0-9a-f-]+[?]?$/)
await looked(page, 'one credential')
const here = page.url().replace('?', '')
if (!CHOSEN) {
  await page.goBack().catch(() => {}) // the browser asks whether to send the form again, which is an error to Playwright
  const shown = await whatIsShown(page)
  step('back does not show it again', shown.length > 100 && !shown.includes(secret))
  const tab = await page.context().newPage()
  await tab.goto(here)
  step('nor does a second tab', !(await tab.content()).includes(secret))
  await tab.close()
}

// QX7: the request that the line made, and one that was refused, for support.
const asked = idOf(again(secret))
const wrong = idOf(again(`not-${secret}`))
await page.goto(here)
await page.click('#requests')
step('the request stands there', await page.isVisible(`#r-${asked}`) && /token/.test(await page.textContent(`#r-${asked}`)))
step('the refused one too, with its reason', /secret/i.test(await page.textContent(`#r-${wrong}`)), await page.textContent(`#r-${wrong}`))
await looked(page, 'requests')
await page.click('#failures')
step('only what failed', await page.isVisible(`#r-${wrong}`) && !(await page.isVisible(`#r-${asked}`)))
await page.fill('#find', asked)
await page.press('#find', 'Enter')
await page.waitForURL(new RegExp(asked))
step('it is found by its id', /200/.test(await page.textContent('#answer')))
step('without its secret', !(await page.content()).includes(secret) && /blotted out/.test(await page.textContent('main')))
await looked(page, 'one request')
for (const [button, holds] of [['#txt', `Request      ${asked}`], ['#xml', '<request-record']]) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(button)])
  const text = readFileSync(await file.path(), 'utf8')
  step(`the file of ${button} holds it, and no secret`, text.includes(holds) && text.includes(asked) && !text.includes(secret), text.slice(0, 200))
}
await page.goto(`${ISSUER}/portal/requests?q=${wrong}`)
step('the reason of a refusal is said', /secret/i.test(await page.textContent('#why')))
await looked(page, 'a refused request')
await page.goto(`${ISSUER}/portal/requests?q=${'0'.repeat(32)}`)
step('what is not there is said', await page.isVisible('main [role=status]'))
await looked(page, 'find a request')

// QC6: name and description, and why not more.
await page.goto(here)
await page.fill('#edit #name', 'Payroll export, new')
await page.click('#edit #save')
step('the name is changed', (await page.textContent('h1')).includes('Payroll export, new'))
await page.click('#copy')
step('a copy begins with what the old one had', await page.inputValue('#name') === 'Payroll export, new'
  && (!SCOPE || await page.isChecked(`input[name=allow][value="${SCOPE}"]`)))

// Rotation.
await page.goto(here)
await page.click('#rotate')
await looked(page, 'rotate')
if (CHOSEN) await page.fill('#secret', `${CHOSEN} two`)
await page.click('#submit')
await page.waitForSelector('#done')
if (!CHOSEN) await page.check('#have-stored')
await page.click('#done')
await page.waitForURL(/credentials\/[0-9a-f-]+[?]?$/)
step('two secrets live', await page.locator('.list tbody tr').count() === 2)

// QC7: the list, the search, and the end.
await page.goto(`${ISSUER}/portal/credentials`)
await page.fill('#q', 'payroll')
await page.press('#q', 'Enter')
step('it is found', (await page.textContent('tbody')).includes('Payroll export, new'))
await looked(page, 'list')
await page.click('tbody a')
await page.click('#delete')
step('the page says what stops', /live token/.test(await page.textContent('.warning')), await page.textContent('.warning'))
await looked(page, 'delete')
await page.fill('#name', 'Payroll export, new')
await page.click('#submit')
step('it is gone', await page.isVisible('.done') && await page.isVisible('#generate'))
await looked(page, 'empty list')
const dead = JSON.parse(execFileSync('sh', ['-c', `${line} -s`], { encoding: 'utf8' }))
step('and gets no token', dead.error === 'invalid_client', JSON.stringify(dead))

// What was done is written down, by name.
await page.goto(`${ISSUER}/portal/activity`)
const trail = await page.textContent('tbody')
step('the trail says who did what', ['generated credentials', 'rotated a secret', 'deleted credentials', MANAGER].every((words) => trail.includes(words)), trail)
await looked(page, 'activity')
const [csv] = await Promise.all([page.waitForEvent('download'), page.click('#csv')])
step('and can be taken away', readFileSync(await csv.path(), 'utf8').includes('credential.deleted'))

// At night, on a phone, in Dutch.
const night = await visitor({ colorScheme: 'dark', locale: 'nl-NL', viewport: { width: 390, height: 844 } })
await night.goto(`${ISSUER}/portal/credentials/new`)
await signIn(night, MANAGER)
await night.waitForURL(/new$/)
await looked(night, 'generate at night')
await browser.close()
