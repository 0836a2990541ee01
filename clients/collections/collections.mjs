// Runs the environment's Postman collection with newman, as its documentation shows it: a collection, an environment, and the
// tests that the collection itself holds. Once against the environment, with a credential, and once against its mock,
// without one. Then the description that SoapUI reads is held against the schema of OpenAPI 3.0: SoapUI has no command that
// imports one and says whether it could.
import newman from 'newman'
import { Validator } from '@seriousme/openapi-schema-validator'

const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env

function step(what, truth, seen = '') {
  if (!truth) {
    console.log(`not ok ${what}: ${seen}`)
    process.exit(1)
  }
  console.log(`ok ${what}`)
}

async function download(name) {
  const answer = await fetch(`${ISSUER}/docs/${name}`)
  step(name, answer.status === 200, answer.status)
  return answer.json()
}

// What the run said of each request: its status, and which of its tests failed.
async function run(collection, environment) {
  const summary = await new Promise((done, failed) =>
    newman.run({ collection, environment, reporters: [] }, (error, summary) => (error ? failed(error) : done(summary))),
  )
  const failures = summary.run.failures.map((one) => `${one.source?.name}: ${one.error.message}`)
  const statuses = summary.run.executions.map((one) => `${one.item.name} ${one.response?.code}`)
  return { failures, statuses, assertions: summary.run.stats.assertions.total, environment: summary.environment }
}

const collection = await download('postman.json')
const environment = await download('postman-environment.json')
const secret = environment.values.find((one) => one.key === 'client_secret')
step('the secret is empty and of the type secret', secret.value === '' && secret.type === 'secret', JSON.stringify(secret))

for (const one of environment.values) {
  if (one.key === 'client_id') one.value = CLIENT_ID
  if (one.key === 'client_secret') one.value = CLIENT_SECRET
}
const real = await run(collection, environment)
console.log(real.statuses.join(', '))
step('every test of the collection holds at the environment', real.failures.length === 0, real.failures.join('; '))
step('it made tests', real.assertions >= 7, real.assertions)
step('a token, a question about it and its end', real.statuses.slice(0, 3).every((one) => one.endsWith(' 200')), real.statuses)
step('the API behind the gateway was called with a new token', real.statuses.includes('List shifts 200'), real.statuses)
step('the token is in its variable', String(real.environment.get('access_token')).length >= 20)

const mocked = await run(collection, await download('postman-mock-environment.json'))
console.log(mocked.statuses.join(', '))
step('every test of the collection holds at the mock', mocked.failures.length === 0, mocked.failures.join('; '))
step('the mock answers each request with a success', mocked.statuses.every((one) => / 20[0-9]$/.test(one)), mocked.statuses)

// With the credential's token, the mock of the API answers as the gateway would.
const variables = await download('postman-mock-environment.json')
const shifts = variables.values.find((one) => one.key === 'shifts_url').value
const half = { ...environment, values: environment.values.map((one) => (one.key === 'shifts_url' ? { ...one, value: shifts } : one)) }
const honoured = await run(collection, half)
console.log(honoured.statuses.join(', '))
step('the mock of the API honours the credential', honoured.failures.length === 0, honoured.failures.join('; '))
step('what it may read is answered', honoured.statuses.includes('List shifts 200'), honoured.statuses)
// The credential may read and add: where there are permissions, it may not delete, at the mock as little as at the API.
const removal = (outcome) => outcome.statuses.find((one) => one.startsWith('Remove them all'))
const refused = removal(real) === 'Remove them all 403'
step('what it may not do is refused there too', removal(honoured) === (refused ? removal(real) : 'Remove them all 204'), `${removal(real)}, ${removal(honoured)}`)

for (const name of ['openapi-3.0.json', 'openapi-3.0/shifts.json']) {
  const validator = new Validator()
  const outcome = await validator.validate(await download(name))
  step(`${name} is OpenAPI 3.0`, outcome.valid && validator.version === '3.0', JSON.stringify(outcome.errors)?.slice(0, 2000))
}
