import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import { startPracticeServices, type PracticeServices } from '../../src-main/demo/index.ts'
import { ndjson, runCli, type CliResult } from '../support/run-cli.ts'
import { createKeyring, missingTools, type Keyring } from './keyring.ts'

const missing = missingTools()
const why = missing.length > 0 ? ` (not on this machine: ${missing.join(', ')})` : ''

interface PrintedRun {
  readonly connection: string
  readonly status: string
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly requests: number
  readonly coverage: readonly [string | null, string] | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** The whole life of an archive on the command line, as a script would live it: real processes, a real keyring, real HTTP. */
describe.skipIf(missing.length > 0)(`the command line${why}`, () => {
  let keyring: Keyring
  let practice: PracticeServices
  let folder: string
  let home: string
  const ids: string[] = []

  const cli = (args: readonly string[], stdin = ''): Promise<CliResult> =>
    runCli(args, { home, stdin, env: keyring.environment as Record<string, string> })
  const json = async <T>(...args: string[]): Promise<T> => {
    const result = await cli(['--json', ...args])
    expect(result, result.stderr).toMatchObject({ code: 0 })
    return JSON.parse(result.stdout) as T
  }

  beforeAll(async () => {
    keyring = await createKeyring()
    await keyring.start('unlocked')
    practice = await startPracticeServices({ seed: 5, events: 1_200 })
    folder = mkdtempSync(join(tmpdir(), 'trailview-cli-'))
    home = join(folder, 'home')
  })

  afterAll(async () => {
    await practice.close()
    await keyring.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  it('adds connections; the credential goes to the keychain and nowhere else', async () => {
    for (const { service, name, baseUrl, credential } of practice.all) {
      const result = await cli(
        ['connections', 'add', '--service', service, '--name', name, '--url', baseUrl, '--secret-stdin', '--json'],
        JSON.stringify(credential),
      )
      expect(result, result.stderr).toMatchObject({ code: 0 })
      const { id } = JSON.parse(result.stdout) as { id: string }
      ids.push(id)
      expect(await keyring.lookup(`connection/${id}`)).toBe(JSON.stringify(credential))
      for (const secret of Object.values(credential)) expect(result.stdout + result.stderr).not.toContain(secret)
    }
    const listed = ndjson<{ id: string; credentialState: string }>((await cli(['connections', 'list', '--json'])).stdout)
    expect(listed.map(({ id, credentialState }) => [id, credentialState])).toEqual(ids.map((id) => [id, 'stored']))
  })

  it('tests a connection with one call', async () => {
    for (const id of ids) expect(await json<object>('connections', 'test', id)).toMatchObject({ isOk: true })
  })

  it('collects everything, then only what is new', async () => {
    const first = await json<PrintedRun[]>('sync')
    expect(first.map(({ status, error }) => [status, error])).toEqual(ids.map(() => ['done', null]))
    const truth = practice.all.map((service) => service.groundTruth().length)
    expect(first.map(({ added }) => added)).toEqual(truth)

    for (const service of practice.all) service.append(2)
    const second = await json<PrintedRun[]>('sync')
    expect(second.map(({ status }) => status)).toEqual(ids.map(() => 'done'))
    expect(second.reduce((sum, { requests }) => sum + requests, 0)).toBeLessThan(40)
    expect(await json<object>('count')).toEqual({
      total: practice.all.reduce((sum, service) => sum + service.groundTruth().length, 0),
      exact: true,
    })
  })

  it('prints every event once, newest first, with its payload byte for byte', async () => {
    const events = ndjson<AuditEvent>((await cli(['events', '--limit', '0', '--json'])).stdout)
    const truth = practice.all.flatMap((service) => service.groundTruth())
    expect(events.map((event) => `${event.service} ${event.externalId}`).sort()).toEqual(
      truth.map((event) => `${event.service} ${event.externalId}`).sort(),
    )
    const times = events.map(({ occurredAt }) => occurredAt ?? '')
    expect(times).toEqual(times.toSorted().reverse())

    const payloads = new Map(truth.map((event) => [`${event.service} ${event.externalId}`, event.payload]))
    for (const event of events) {
      expect(event.hash).toBe(
        createHash('sha256')
          .update(payloads.get(`${event.service} ${event.externalId}`) ?? '')
          .digest('hex'),
      )
    }
    const [newest] = events
    const raw = await cli(['show', newest?.id ?? '', '--raw'])
    expect(raw.stdoutBytes.toString()).toBe(payloads.get(`${newest?.service} ${newest?.externalId}`))

    const paged: string[] = []
    for (let cursor: string[] = []; ;) {
      const page = ndjson<AuditEvent>((await cli(['events', '--json', '--limit', '500', ...cursor])).stdout)
      paged.push(...page.map(({ id }) => id))
      const last = page.at(-1)
      if (last === undefined) break
      cursor = ['--cursor', last.id]
    }
    expect(paged).toEqual(events.map(({ id }) => id))
  })

  it('counts, facets and histograms agree with the list', async () => {
    const events = ndjson<AuditEvent>((await cli(['events', 'service:onehub', '--limit', '0', '--json'])).stdout)
    expect(await json<object>('count', 'service:onehub')).toEqual({ total: events.length, exact: true })
    const facets = await json<Record<string, { value: string; count: number }[]>>(
      'facets',
      'service:onehub',
      '--by',
      'verb,service',
      '--top',
      '50',
    )
    expect(facets['service']).toMatchObject([{ value: 'onehub', count: events.length }])
    for (const { value, count } of facets['verb'] ?? [])
      expect([value, count]).toEqual([value, events.filter(({ verb }) => verb === value).length])
    const files = await json<Record<string, { value: string; count: number }[]>>('facets', 'verb:read OR verb:upload', '--by', 'file,kind')
    expect(files['file']?.length).toBe(20)
    for (const { value, count } of (files['file'] ?? []).slice(0, 3))
      expect(await json<object>('count', `(verb:read OR verb:upload) file:"${value}"`)).toEqual({ total: count, exact: true })
    const months = await json<{ start: string; count: number }[]>('histogram', 'service:onehub', '--by', 'month', '--zone', 'UTC')
    expect(months.reduce((sum, { count }) => sum + count, 0)).toBe(events.length)
    for (const { start, count } of months)
      expect(count).toBe(events.filter(({ occurredAt }) => occurredAt?.startsWith(start.slice(0, 7))).length)
  })

  it('says complete coverage for every connection', async () => {
    const spans = ndjson<{ connection: string; state: string }>((await cli(['coverage', '--json'])).stdout)
    for (const id of ids) expect(spans.some(({ connection, state }) => connection === id && state === 'complete')).toBe(true)
    expect(Object.keys(spans[0] ?? {})).toEqual(['connection', 'stream', 'from', 'to', 'state'])
  })

  it('lists workspaces, files and users', async () => {
    for (const kind of ['workspaces', 'files', 'users']) {
      const entries = ndjson<{ count: number; name: string; query: string }>((await cli(['timelines', kind, '--json'])).stdout)
      expect(entries.length).toBeGreaterThan(3)
      for (const { count, query } of entries.slice(0, 5))
        expect(await json<object>('count', '--', query)).toEqual({ total: count, exact: true })
    }
  })

  it('exports all that matches, with a manifest that reconciles', async () => {
    const out = join(folder, 'all.csv')
    const done = await json<{ path: string; rows: number; sha256: string }>('export', '--format', 'csv', '--out', out)
    const bytes = readFileSync(out)
    expect(done).toEqual({
      path: out,
      rows: (await json<{ total: number }>('count')).total,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(bytes.toString('utf8').split('\r\n')[0]).toBe(
      'id,connection,service,externalId,occurredAt,occurredAtOriginal,collectedAt,actor.id,actor.name,actor.email,actor.kind,action,verb,object.kind,object.id,object.name,workspace.kind,workspace.id,workspace.name,related,outcome,summary,revision,hash,mapped,raw',
    )
  })

  it('exports an evidence package that is sound by itself', async () => {
    const out = join(folder, 'deletions.zip')
    const done = await json<{ path: string; rows: number; sha256: string }>('export', 'verb:delete', '--format', 'package', '--out', out)
    expect(done).toEqual({
      path: out,
      rows: (await json<{ total: number }>('count', 'verb:delete')).total,
      sha256: createHash('sha256').update(readFileSync(out)).digest('hex'),
    })
    expect(await json<object>('verify', out)).toMatchObject({ isSound: true, events: done.rows, sha256: done.sha256 })
  })

  it('verifies the archive, and finds a flipped bit', async () => {
    expect(await json<object>('verify')).toMatchObject({ isSound: true, findings: [] })
    const damaged = join(folder, 'damaged')
    const copy = (name: string) => readFileSync(join(home, name))
    const archive = copy('archive.trailview')
    const middle = Math.floor(archive.length / 2)
    archive[middle] = (archive[middle] ?? 0) ^ 1
    rmSync(damaged, { recursive: true, force: true })
    mkdirSync(damaged)
    writeFileSync(join(damaged, 'archive.trailview'), archive)
    writeFileSync(join(damaged, 'archive.key.json'), copy('archive.key.json'))
    const result = await runCli(['verify', '--json'], { home: damaged, env: keyring.environment as Record<string, string> })
    expect(result.code).toBe(1)
    expect(JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'ARCHIVE_DAMAGED' } })
  })

  it.each([
    [['nonsense'], 2],
    [['events', 'foo:bar'], 2],
    [['events', 'a OR'], 2],
    [['count', '--zone', 'Mars/Olympus'], 2],
    [['facets', '--by', 'weather'], 2],
    [['histogram', '--by', 'minute'], 2],
    [['facets', 'verb:read) OR (verb:upload', '--by', 'file'], 2],
    [['sync', '--since', '2026-01-02', '--until', '2026-01-01'], 2],
    [['show', 'ffffffffffffffffffffffff'], 1],
    [['connections', 'test', 'nobody'], 1],
  ])('answers %j with exit code %i and a sentence', async (args, code) => {
    const result = await cli(['--json', ...args])
    expect(result, result.stderr).toMatchObject({ code, stdout: '' })
    const lines = result.stderr.trim().split('\n')
    const { error } = JSON.parse(lines.at(-1) ?? '') as { error: { code: string; message: string } }
    expect(error.message).toMatch(/[.?!)]$/)
  })

  it('exits 3 when one connection fails and others succeed, and keeps what the others brought', async () => {
    practice.onehub.faults.inject({ kind: 'html-200' }, { times: 50 })
    const result = await cli(['sync', '--json'])
    practice.onehub.faults.clear()
    expect(result.code, result.stderr).toBe(3)
    expect((JSON.parse(result.stdout) as PrintedRun[]).map(({ status }) => status).sort()).toEqual(['done', 'done', 'done', 'failed'])
  })

  it('stops cleanly between pages on SIGINT', async () => {
    const { lytics } = practice
    lytics.faults.inject({ kind: 'stall', stallMs: 5_000 }, { times: 5 })
    const nextList = lytics.requestLog.filter(({ listIndex }) => listIndex !== null).length
    const result = await runCli(['sync', '--full', '--json'], {
      home,
      env: keyring.environment as Record<string, string>,
      onStart: (child) => lytics.onListRequest(nextList, () => child.kill('SIGINT')),
    })
    lytics.faults.clear()
    expect(result.code, result.stderr).toBe(130)
    expect(await json<object>('verify')).toMatchObject({ isSound: true })
  })

  it('leaves no credential anywhere in its folder', async () => {
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { credential } of practice.all) {
      for (const secret of Object.values(credential)) {
        for (const file of files) expect(readFileSync(join(file.parentPath, file.name)).includes(secret), file.name).toBe(false)
      }
    }
  })

  it('removes a connection and keeps its events; with --purge they go too', async () => {
    const [kept = '', purged = ''] = ids
    const before = await json<{ total: number }>('count', `connection:${kept}`)
    expect((await cli(['connections', 'remove', kept])).code).toBe(0)
    expect(await keyring.lookup(`connection/${kept}`)).toBeNull()
    expect(await json<object>('count', `connection:${kept}`)).toEqual(before)
    expect((await cli(['connections', 'remove', purged, '--purge'])).code).toBe(0)
    expect(await json<object>('count', `connection:${purged}`)).toEqual({ total: 0, exact: true })
    expect(await json<object>('verify')).toMatchObject({ isSound: true })
  })

  it('exits 4 without a keychain, unless a passphrase is set up', async () => {
    const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
    const elsewhere = join(folder, 'elsewhere')
    expect((await runCli(['count'], { home: elsewhere, env })).code).toBe(4)
    expect(await runCli(['count', '--passphrase-stdin'], { home: elsewhere, env, stdin: 'a long enough phrase\n' })).toMatchObject({
      code: 0,
      stdout: '0\n',
    })
    expect((await runCli(['count'], { home: elsewhere, env })).code).toBe(4)
    expect((await runCli(['count', '--passphrase-stdin'], { home: elsewhere, env, stdin: 'quite another phrase\n' })).code).toBe(4)
  })
})
