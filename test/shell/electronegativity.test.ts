import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The part of the scanner's report that names what it found and where. */
interface Sarif {
  runs: { results: { ruleId: string; locations: [{ physicalLocation: { artifactLocation: { uri: string } } }] }[] }[]
}

/** What the scanner may say, and why it is no weakness here. */
const expected = [
  // There is one: a response header of the app's own scheme, asserted in shell.test.ts. The scanner looks for a tag in pages.
  'CSP_GLOBAL_CHECK file:///',
  // The one place: https only, after the user saw the address.
  'OPEN_EXTERNAL_JS_CHECK shell/external-links.ts',
  // Three functions, none of which hands out more than a message; asserted in shell.test.ts.
  'PRELOAD_JS_CHECK shell/window.ts',
]

it('electronegativity finds nothing in the shell but what is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailview-scan-'))
  try {
    cpSync(join(root, 'src-main/shell'), join(folder, 'shell'), { recursive: true })
    // Tells it Electron's version, and with that which dangers are past.
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    // Not CSV: its header and its findings are two writes that race for the start of the file.
    const report = join(folder, 'report.sarif')
    const scanner = join(root, 'node_modules/@doyensec/electronegativity/dist/index.js')
    // It asks the network for news at its start and, offline, dies of the second attempt; its findings do not need it.
    const immortal = `data:text/javascript,process.on('uncaughtException',()=>{})`
    spawnSync(process.execPath, ['--import', immortal, scanner, '-i', folder, '-r', '-o', report], { cwd: folder, timeout: 280_000 })
    // It exits with 0 whatever it finds: the file is what counts.
    const { runs } = JSON.parse(readFileSync(report, 'utf8')) as Sarif
    const findings = runs.flatMap(({ results }) => results)
    expect(findings.map(({ ruleId, locations: [location] }) => `${ruleId} ${location.physicalLocation.artifactLocation.uri}`)).toEqual(
      expected,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
