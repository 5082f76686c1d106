import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './lib/build.mjs'
import { ensureInstalled, installAgain, npm } from './lib/install.mjs'
import { findBin, findNode, run } from './lib/node.mjs'
import { readReport } from './lib/report.mjs'
import { installSystemTools, isKeytarBuilt } from './lib/system-tools.mjs'

// npm test: installs what is missing and runs everything. The last line is "N passed, N failed, N skipped".
const isCi = /^(1|true)$/i.test(process.env.CI ?? '')

const silence = fileURLToPath(new URL('./lib/silence.mjs', import.meta.url))

/** Many times what a suite takes: what goes on for longer is stuck, together with what should have noticed it. */
const mostSuiteMin = 25

/** Scripts of package.json that pass or fail as a whole. */
const checks = ['types', 'lint', 'format:check']

/** Tests, counted one by one. `mustRun`: on CI, a skip among them is a failure. */
const suites = [
  { name: 'unit, layering and shell', args: [], mustRun: false },
  { name: 'keyring', args: ['--config', 'test/keyring/vitest.config.ts'], mustRun: true },
  { name: 'browser', args: ['--config', 'test/e2e/vitest.config.ts'], mustRun: true },
]

async function prepare() {
  installSystemTools()
  await ensureInstalled()
  // An optional package: a first install without the compiler's needs has left it out.
  if (!isKeytarBuilt()) await installAgain('keytar')
  await ensureBuilt()
}

async function runCheck(name) {
  console.log(`\n${name}`)
  const code = await npm(['run', '--silent', name])
  return { name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] }
}

async function runSuite({ name, args, mustRun }, folder) {
  console.log(`\n${name}`)
  const path = join(folder, `${suites.findIndex((suite) => suite.name === name)}.json`)
  const reporters = ['dot', 'json', silence].map((reporter) => `--reporter=${reporter}`)
  const limit = { timeout: mostSuiteMin * 60_000, killSignal: 'SIGKILL' }
  const code = await run(findNode(), [findBin('vitest'), 'run', ...args, ...reporters, `--outputFile.json=${path}`], limit)
  const { passed, failed, skipped } = readReport(path, code)
  if (isCi && mustRun && skipped.length > 0) return { name, passed, failed: failed + skipped.length, skipped: [], mustNot: skipped }
  return { name, passed, failed, skipped }
}

const folder = mkdtempSync(join(tmpdir(), 'trailview-test-'))
const results = []
let isInterrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (isInterrupted = true))
try {
  await prepare()
  const steps = [...checks.map((check) => () => runCheck(check)), ...suites.map((suite) => () => runSuite(suite, folder))]
  for (const step of steps) {
    results.push(await step())
    if (isInterrupted) throw new Error('Interrupted.')
  }
} catch (error) {
  console.error(error.message)
  results.push({ name: 'the run as a whole', passed: 0, failed: 1, skipped: [] })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

console.log('')
for (const { name, failed } of results) if (failed > 0) console.log(`Failed in ${name}: ${failed}.`)
for (const { name, mustNot = [] } of results)
  for (const test of mustNot) console.log(`Skipped in ${name}, which is a failure on CI: ${test}`)
for (const { name, skipped } of results) for (const test of skipped) console.log(`Skipped in ${name}: ${test}`)
const sum = (count) => results.reduce((total, result) => total + count(result), 0)
const failed = sum((result) => result.failed)
console.log(`${sum((result) => result.passed)} passed, ${failed} failed, ${sum((result) => result.skipped.length)} skipped`)
process.exitCode = failed > 0 ? 1 : 0
