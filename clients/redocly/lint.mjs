// Redocly reads the descriptions: the one that is served, and those of every environment of the example platforms. Neither an error nor
// a warning may be left, by its recommended rules.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const { GRANTOR_BIN, ISSUER } = process.env
const here = fileURLToPath(new URL('.', import.meta.url))
const examples = join(here, '../../examples')
const folder = mkdtempSync(join(tmpdir(), 'grantor-redocly-'))
const files = []
const keep = (name, text) => {
  files.push(name)
  writeFileSync(join(folder, name), text)
}
try {
  for (const form of ['json', 'yaml']) keep(`served.${form}`, await (await fetch(`${ISSUER}/openapi.${form}`)).text())
  for (const file of readdirSync(examples).filter((name) => name.endsWith('.toml'))) {
    for (const [, name] of readFileSync(join(examples, file), 'utf8').matchAll(/^\[environments\.(\w+)\]$/gm)) {
      keep(`${file}.${name}.json`, execFileSync(GRANTOR_BIN, ['openapi', name, '--config', join(examples, file)]))
    }
  }
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' }
  const redocly = join(here, 'node_modules/.bin/redocly')
  let said
  try {
    said = execFileSync(redocly, ['lint', '--format=json', ...files], { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    said = error.stdout
  }
  // One document per file, one after the other.
  const reports = said.slice(said.indexOf('{')).split(/(?<=^\})(?=\{)/m).map((text) => JSON.parse(text))
  const sum = (of) => reports.reduce((total, { totals }) => total + totals[of], 0)
  const totals = { errors: sum('errors'), warnings: sum('warnings') }
  const clean = reports.length === files.length && totals.errors === 0 && totals.warnings === 0
  for (const problem of reports.flatMap(({ problems }) => problems)) console.log(`${problem.ruleId} ${problem.message} ${problem.location?.[0]?.source?.ref} ${problem.location?.[0]?.pointer}`)
  console.log(`${clean ? 'ok' : 'not ok'} ${files.length} descriptions: ${totals.errors} errors, ${totals.warnings} warnings`)
  process.exitCode = clean ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
