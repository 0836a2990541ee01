// oauth4webapi 3 as its examples show it: validateAuthResponse checks state and iss, then the code and a refresh.
import * as oauth from 'oauth4webapi'
import { step, walk } from './step.mjs'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUTH_METHOD, API_URL, SCOPE, REDIRECT_URI } = process.env
const insecure = { [oauth.allowInsecureRequests]: true } // the address is loopback, plain http

const issuer = new URL(ISSUER)
const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
const server = await oauth.processDiscoveryResponse(issuer, discovered)
const client = { client_id: CLIENT_ID }
const authenticate =
  AUTH_METHOD === 'client_secret_basic' ? oauth.ClientSecretBasic(CLIENT_SECRET) : oauth.ClientSecretPost(CLIENT_SECRET)

const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const url = new URL(server.authorization_endpoint)
for (const [name, value] of Object.entries({
  client_id: CLIENT_ID,
  redirect_uri: REDIRECT_URI,
  response_type: 'code',
  scope: SCOPE,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
})) {
  if (value) url.searchParams.set(name, value)
}
const parameters = oauth.validateAuthResponse(server, client, walk(url), state)
step('the answer has the state and the issuer', parameters.get('code'))

const answered = await oauth.authorizationCodeGrantRequest(
  server, client, authenticate, parameters, REDIRECT_URI, verifier, insecure,
)
const tokens = await oauth.processAuthorizationCodeResponse(server, client, answered)
step('a token and a refresh token', tokens.access_token && tokens.refresh_token)
const called = await oauth.protectedResourceRequest(
  tokens.access_token, 'GET', new URL(API_URL), undefined, undefined, insecure,
)
step('the API lets the token in', called.status === 200, called.status)

const refreshing = await oauth.refreshTokenGrantRequest(server, client, authenticate, tokens.refresh_token, insecure)
const next = await oauth.processRefreshTokenResponse(server, client, refreshing)
step('a refreshed pair', next.refresh_token && next.refresh_token !== tokens.refresh_token)

const wrong = await oauth.authorizationCodeGrantRequest(
  server, client, authenticate, parameters, REDIRECT_URI, oauth.generateRandomCodeVerifier(), insecure,
)
try {
  await oauth.processAuthorizationCodeResponse(server, client, wrong)
  step('another verifier is refused', false, 'a token')
} catch (refused) {
  step('another verifier is refused', refused.error === 'invalid_grant', refused)
}
