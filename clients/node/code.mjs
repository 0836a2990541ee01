// openid-client 6: authorization code with PKCE and state, `iss` checked by the library, refresh, a replayed code.
import * as client from 'openid-client'
import { step, walk } from './step.mjs'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUTH_METHOD, API_URL, SCOPE, REDIRECT_URI } = process.env

const authentication = AUTH_METHOD === 'client_secret_basic' ? client.ClientSecretBasic : client.ClientSecretPost
const options = { execute: [client.allowInsecureRequests], algorithm: 'oauth2' } // the address is loopback, plain http
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, authentication(CLIENT_SECRET), options)
step('the metadata says that answers carry iss', config.serverMetadata().authorization_response_iss_parameter_supported)
step('PKCE is announced', config.serverMetadata().supportsPKCE())

const pkceCodeVerifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: REDIRECT_URI,
  scope: SCOPE,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state,
})
const back = walk(url)
const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState: state })
step('a token and a refresh token', tokens.access_token && tokens.refresh_token, JSON.stringify(tokens))

const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(API_URL), 'GET')
step('the API lets the token in', answer.status === 200, answer.status)
const told = await client.tokenIntrospection(config, tokens.access_token)
step('introspection says for whom', told.active && told.username === process.env.PERSON, JSON.stringify(told))

const next = await client.refreshTokenGrant(config, tokens.refresh_token)
step('a refreshed pair', next.access_token !== tokens.access_token && next.refresh_token !== tokens.refresh_token)

try {
  await client.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState: state })
  step('a code works once', false, 'twice')
} catch (refused) {
  step('a code works once', refused.error === 'invalid_grant', refused)
}
const dead = await client.tokenIntrospection(config, next.access_token)
step('a replayed code ends what it gave', dead.active === false, JSON.stringify(dead))

const other = new URL(back)
other.searchParams.set('iss', 'https://other.example.com')
try {
  await client.authorizationCodeGrant(config, other, { pkceCodeVerifier, expectedState: state })
  step('another issuer is noticed', false, 'not noticed')
} catch (refused) {
  step('another issuer is noticed', /iss/.test(refused.cause?.message ?? refused.message), refused)
}
