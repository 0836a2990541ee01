// Prints a step the way clients/run reads it; the first that is not true ends the client.
import { execFileSync } from 'node:child_process'

export function step(what, truth, seen = '') {
  if (!truth) {
    console.log(`not ok ${what}: ${seen}`)
    process.exit(1)
  }
  console.log(`ok ${what}`)
}

// A person signs in and allows; the address the client is told at.
export function walk(url) {
  return new URL(execFileSync(process.env.WALK, [url.href], { encoding: 'utf8' }).trim())
}
