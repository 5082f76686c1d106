import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { changedArchive, packageOf } from '../core/evidence/evidence-fixture.ts'
import { temporaryFolder } from '../core/export/export-harness.ts'
import { runCli, type CliResult } from '../support/run-cli.ts'

/** Without an archive, a home that could be made, and a keychain. */
const cli = (...args: string[]): Promise<CliResult> =>
  runCli(args, { home: '/dev/null/home', env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } })

it('verifies a package without any archive, and says what it is', async () => {
  const { path, sha256 } = await packageOf(await changedArchive(), 'verb:delete')
  const text = await cli('verify', path)
  expect(text, text.stderr).toMatchObject({ code: 0, stderr: '' })
  expect(text.stdout).toContain('The package is sound: 4 events, 3 payloads of changed events, 3 pages and 5 ledger entries.\n')
  expect(text.stdout).toContain(`SHA-256 of the package: ${sha256}\n`)
  const json = await cli('--json', 'verify', path)
  expect(JSON.parse(json.stdout)).toMatchObject({ isSound: true, findings: [], sha256, events: 4, about: { query: 'verb:delete' } })
})

it('ends with 1 and sentences for a damaged one, one that is none, and none at all', async () => {
  const { path } = await packageOf(await changedArchive())
  const bytes = await readFile(path)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  await writeFile(path, bytes)
  const damaged = await cli('verify', path, '--json')
  expect(damaged.code).toBe(1)
  expect(JSON.parse(damaged.stdout)).toMatchObject({ isSound: false })
  expect(JSON.parse(damaged.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'PACKAGE_DAMAGED' } })

  const other = join(await temporaryFolder(), 'notes.txt')
  await writeFile(other, 'no package')
  expect(await cli('verify', other)).toMatchObject({ code: 1, stdout: '' })
  const none = await cli('verify', join(other, 'none'))
  expect(none).toMatchObject({ code: 1, stdout: '' })
  expect(none.stderr).toMatch(/cannot be read: there is no such file\.\n$/)
  expect((await cli('verify', path, 'another')).code).toBe(2)
})
