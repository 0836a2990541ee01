// Chromium as staff: signs in to the portal through a real identity provider (oidc-provider, which this program runs), as
// someone of the right group and as someone of none. Then as a customer who comes from the platform's own product, with a
// token that the product signed (node:crypto). Pages are looked at by axe-core and kept as pictures in SHOTS. SCRIPTS=off
// walks the same way with JavaScript off.
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Provider } from 'oidc-provider'
import { chromium } from 'playwright-core'
import { step } from './step.mjs'

const { ISSUER, SCRIPTS, SHOTS, STAFF_ISSUER, STAFF_SECRET } = process.env
const scripts = SCRIPTS !== 'off'
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
mkdirSync(SHOTS, { recursive: true })

// The company's identity provider. Groups stand at its userinfo endpoint alone, as the library does by itself.
const people = { sara: ['grantor-operators'], stranger: ['everyone'] }
const provider = new Provider(STAFF_ISSUER, {
  clients: [{ client_id: 'grantor', client_secret: STAFF_SECRET, redirect_uris: [`${ISSUER}/portal/staff/callback`] }],
  claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'email', 'groups'],
  pkce: { required: () => true },
  cookies: { keys: ['a key for tests'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, groups: people[id] ?? [] }) }),
})

// The platform's own product: a page with a form that goes to the portal, and the key that signs what is in it.
// The same in each run, since the portal remembers published keys (PKCS 8 of an Ed25519 key: RFC 8410, section 7).
const seed = createHash('sha256').update('a key for tests').digest()
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
const publicKey = createPublicKey(privateKey)
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
function assertion() {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'https://product.example', aud: ISSUER, sub: 'berta@acme.example', account: 'Acme', role: 'account-manager',
    iat: now, exp: now + 60, jti: randomUUID() }
  const message = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part(claims)}`
  return `${message}.${sign(null, Buffer.from(message), privateKey).toString('base64url')}`
}
const token = assertion()
const answer = provider.callback()
const server = createServer((request, response) => {
  if (request.url === '/product-keys') {
    response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'EdDSA', use: 'sig' }] }))
  } else if (request.url === '/product') {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!doctype html><title>Product</title><form method="post" action="${ISSUER}/portal/hand-over/assertion">
      <input type="hidden" name="assertion" value="${token}"><button id="go">API access</button></form>`)
  } else {
    answer(request, response)
  }
}).listen(new URL(STAFF_ISSUER).port, '127.0.0.1')
await new Promise((ready) => server.once('listening', ready))

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
  for (const [where, width, height] of [['desk', 1280, 900], ['phone', 390, 844]]) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: join(SHOTS, `${what.replaceAll(' ', '-')}-${where}.png`), fullPage: true })
    if (!scripts) continue
    await page.addScriptTag({ path: axe })
    const { violations } = await page.evaluate(() => globalThis.axe.run())
    step(`axe finds nothing: ${what} (${where})`, violations.length === 0, JSON.stringify(violations.map((one) => [one.id, one.nodes.map((n) => n.html)])))
  }
}

async function signInAtTheProvider(page, name) {
  await page.goto(`${ISSUER}/portal`)
  await page.click('#staff-sign-in')
  await page.waitForURL((url) => url.origin === STAFF_ISSUER)
  await page.fill('input[name=login]', name)
  await page.fill('input[name=password]', 'whatever')
  await page.click('button[type=submit]')
  await page.click('button[type=submit]') // the provider's own consent
  await page.waitForURL((url) => url.origin === ISSUER)
}

const page = await visitor()
await page.goto(`${ISSUER}/portal`)
await looked(page, 'staff sign-in')
await signInAtTheProvider(page, 'sara')
step('staff lands in the portal', page.url() === `${ISSUER}/portal`, page.url())
step('under the name of the provider', (await page.textContent('body')).includes('sara'))
step('as an operator', await page.locator('a[href="/portal/credentials"]').count() > 0)
step('no code and no state are left in the address', !page.url().includes('?'))
await looked(page, 'staff portal')

const stranger = await visitor({ colorScheme: 'dark' })
await signInAtTheProvider(stranger, 'stranger')
step('who is in no group is told so', (await stranger.textContent('h1')).includes('not allowed'), await stranger.textContent('h1'))
await looked(stranger, 'staff not allowed')
await stranger.goto(`${ISSUER}/portal`)
step('and is not signed in', await stranger.isVisible('#password'))

const customer = await visitor()
await customer.goto(`${STAFF_ISSUER}/product`)
await customer.click('#go')
await customer.waitForURL(/hand-over/)
step('the product says who comes', (await customer.textContent('main')).includes('berta@acme.example'))
await looked(customer, 'hand-over')
await customer.click('#submit')
await customer.waitForURL(/portal$/)
step('who comes from the product manages credentials', await customer.locator('a[href="/portal/credentials"]').count() > 0)
await customer.goto(`${STAFF_ISSUER}/product`)
await customer.click('#go')
step('once', (await customer.textContent('h1')).includes('does not work any more'), await customer.textContent('h1'))
await looked(customer, 'hand-over used')

await browser.close()
server.close()
server.closeAllConnections()
