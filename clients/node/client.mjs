// openid-client 6 as its README shows it: discovery, client credentials, a protected resource, introspection, revocation.
// Discovery is strict: the issuer in the metadata must be the one that was asked. DISCOVERY=oauth2 asks where RFC 8414
// says; without it the library's default applies, OpenID Connect Discovery.
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUTH_METHOD, API_URL, SCOPE, DISCOVERY } = process.env

function step(what, truth, seen = '') {
  if (!truth) {
    console.log(`not ok ${what}: ${seen}`)
    process.exit(1)
  }
  console.log(`ok ${what}`)
}

const authentication = AUTH_METHOD === 'client_secret_basic' ? client.ClientSecretBasic : client.ClientSecretPost
const options = { execute: [client.allowInsecureRequests] } // the address is loopback, plain http
if (DISCOVERY) options.algorithm = DISCOVERY

async function discovered(secret) {
  return client.discovery(new URL(ISSUER), CLIENT_ID, secret, authentication(secret), options)
}

const config = await discovered(CLIENT_SECRET)
step('discovery', config.serverMetadata().issuer === ISSUER, config.serverMetadata().issuer)
const methods = config.serverMetadata().token_endpoint_auth_methods_supported
step('the metadata names the authentication method', methods.includes(AUTH_METHOD), methods)

const parameters = SCOPE ? { scope: SCOPE } : {}
const tokens = await client.clientCredentialsGrant(config, parameters)
step('a token', tokens.access_token)

let answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(API_URL), 'GET')
step('the API lets the token in', answer.status === 200, answer.status)

try {
  await client.clientCredentialsGrant(await discovered('wrong'), parameters)
  step('a wrong secret is refused', false, 'a token')
} catch (refused) {
  // The library reports a WWW-Authenticate challenge and an error in the body by two classes.
  const challenged = refused instanceof client.WWWAuthenticateChallengeError && refused.cause[0].scheme === 'basic'
  step('a wrong secret is refused', challenged || refused.error === 'invalid_client', refused)
}

const live = await client.tokenIntrospection(config, tokens.access_token)
step('introspection says active', live.active === true, JSON.stringify(live))

await client.tokenRevocation(config, tokens.access_token)
const dead = await client.tokenIntrospection(config, tokens.access_token)
step('introspection says inactive after revocation', dead.active === false, JSON.stringify(dead))

try {
  answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(API_URL), 'GET')
  step('the API refuses the revoked token', answer.status === 401, answer.status)
} catch (refused) {
  step('the API refuses the revoked token', refused instanceof client.WWWAuthenticateChallengeError, refused)
}
