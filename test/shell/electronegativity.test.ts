import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the scanner may say, and why it is no weakness here. */
const expected = [
  // There is one: a response header of the app's own scheme, asserted in shell.test.ts. The scanner looks for a tag in pages.
  'CSP_GLOBAL_CHECK N/A',
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
    const report = join(folder, 'report.csv')
    const scanner = join(root, 'node_modules/@doyensec/electronegativity/dist/index.js')
    // It asks the network for news at its start and, offline, dies of the second attempt; its findings do not need it.
    const immortal = `data:text/javascript,process.on('uncaughtException',()=>{})`
    spawnSync(process.execPath, ['--import', immortal, scanner, '-i', folder, '-r', '-o', report], { cwd: folder, timeout: 100_000 })
    // It exits with 0 whatever it finds: the file is what counts.
    const [header, ...findings] = readFileSync(report, 'utf8').trim().split('\n')
    expect(header).toMatch(/^issue, severity, confidence, filename/)
    expect(findings.map((line) => line.replaceAll('"', '').split(',')).map(([issue, , , file]) => `${issue} ${file}`)).toEqual(expected)
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 120_000)
