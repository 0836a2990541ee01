// A resource server as the README of express-oauth2-jwt-bearer builds one: discovery, JWKS, and in strict mode the header
// and claims of RFC 9068. Prints the port it listens on; GET / answers 200 to a good token.
import express from 'express'
import jwtBearer from 'express-oauth2-jwt-bearer'

const { auth, requiredScopes } = jwtBearer
const { ISSUER, AUDIENCE, SCOPE } = process.env

const app = express()
app.use(auth({ issuerBaseURL: ISSUER, audience: AUDIENCE, strict: true }))
app.get('/', ...(SCOPE ? [requiredScopes(SCOPE)] : []), (request, response) => response.json({ ok: true }))
app.use((error, request, response, next) => {
  console.error(error.message)
  response.set(error.headers ?? {}).status(error.status ?? 500).json({ error: error.message })
})
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
