import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Archive } from '../../../src-main/core/cache/archive.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import { openDatabase } from '../../../src-main/core/cache/driver.ts'
import { archivePath, collectHolderPath } from '../../../src-main/core/cache/files.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'
import { startWriter } from '../../../src-main/core/cache/writer-client.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { workerUrl } from '../../support/built.ts'
import { connection, keyHex, page, record, temporaryHome } from './archive-fixture.ts'
import { readBack } from './read-back.ts'

async function writerOf(home: string): Promise<Awaited<ReturnType<typeof startWriter>> & { readonly commits: () => number }> {
  let count = 0
  const client = await startWriter({ home, keyHex, workerUrl }, () => count++)
  onTestFinished(() => client.close())
  return { ...client, commits: () => count }
}

/** Runs a script of this folder's `processes` in a process of its own; `line` waits for what it prints next. */
function startProcess(script: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [new URL(`./processes/${script}`, import.meta.url).pathname, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    pid: child.pid,
    line: async (): Promise<string> => String((await lines.next()).value),
    kill: async (): Promise<void> => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

describe('the writer thread', () => {
  it('stores pages that come at once, each answered with its own outcome', async () => {
    const home = temporaryHome()
    const { writer, commits } = await writerOf(home)
    await writer.saveConnection(connection)
    const outcomes = await Promise.all(
      [1, 2, 3, 2].map((id) => writer.commitPage(page([record({ externalId: `e${id}` }), record({ externalId: 'x' })]))),
    )
    expect(outcomes.map(({ added, unchanged }) => [added, unchanged])).toEqual([
      [2, 0],
      [1, 1],
      [1, 1],
      [0, 2],
    ])
    expect(commits()).toBe(5)
    const db = openDatabase({ home, keyHex, role: 'reader' })
    expect(readBack(db).map((event) => event.externalId)).toEqual(['e1', 'x', 'e2', 'e3'])
    db.close()
  })

  it('passes errors on as sentences and goes on', async () => {
    const { writer } = await writerOf(temporaryHome())
    await expect(writer.commitPage(page([]))).rejects.toMatchObject({ code: 'CONNECTION_NOT_FOUND' })
    await expect(writer.note('00'.repeat(12), 'hello', '2024-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'EVENT_NOT_FOUND' })
    await expect(writer.saveFact('theme', 'dark')).resolves.toBeUndefined()
  })

  it('does not start with a wrong key', async () => {
    const home = temporaryHome()
    openForWriting(home, keyHex).close()
    await expect(startWriter({ home, keyHex: '00'.repeat(32), workerUrl }, () => {})).rejects.toMatchObject({ code: 'ARCHIVE_WRONG_KEY' })
  })

  it('refuses everything once it is closed', async () => {
    const client = await startWriter({ home: temporaryHome(), keyHex, workerUrl }, () => {})
    await client.close()
    await expect(client.writer.saveFact('a', 1)).rejects.toMatchObject({ message: 'The archive is closed.' })
    await client.close()
  })
})

describe('the right to collect', () => {
  it('is one process’s at a time; the others are told whose', async () => {
    const home = temporaryHome()
    const holder = startProcess('hold.ts', home, keyHex, 'scheduled collection')
    expect(await holder.line()).toBe('held')
    const { writer } = await writerOf(home)
    const refusal = await writer.hold('collection', 50).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'ARCHIVE_BUSY',
      retryable: true,
      details: { holder: { processId: holder.pid, purpose: 'scheduled collection' } },
    })
    expect(String(refusal)).toContain(`process ${holder.pid} (scheduled collection, since `)
    // Small writes need no such right.
    await writer.saveFact('theme', 'dark')

    const waiting = writer.hold('collection', 20_000)
    await holder.kill()
    const hold = await waiting
    expect(JSON.parse(readFileSync(collectHolderPath(home), 'utf8'))).toMatchObject({ processId: process.pid, purpose: 'collection' })
    await hold.release()
    expect(existsSync(collectHolderPath(home))).toBe(false)
  })

  it('is shared by the runs of one process until the last one gives it back', async () => {
    const home = temporaryHome()
    const first = await writerOf(home)
    const second = await writerOf(home)
    const holds = await Promise.all([first.writer.hold('a', 0), first.writer.hold('b', 0)])
    await holds[0].release()
    await expect(second.writer.hold('c', 0)).rejects.toMatchObject({ code: 'ARCHIVE_BUSY' })
    await holds[1].release()
    await (await second.writer.hold('c', 0)).release()
  })

  it('need not be waited for to the end', async () => {
    const home = temporaryHome()
    const first = await writerOf(home)
    const second = await writerOf(home)
    const hold = await first.writer.hold('a', 0)
    const cancel = new AbortController()
    const waiting = second.writer.hold('b', 60_000, cancel.signal)
    cancel.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    await hold.release()
    await (await second.writer.hold('b', 0)).release()
  })

  it('ends with the archive', async () => {
    const home = temporaryHome()
    const first = await startWriter({ home, keyHex, workerUrl }, () => {})
    await first.writer.hold('a', 0)
    await first.close()
    const second = await writerOf(home)
    await (await second.writer.hold('b', 0)).release()
  })
})

describe('a process killed while it writes', () => {
  it('leaves every page it was told of, and none half', async () => {
    const home = temporaryHome()
    let acknowledged = 0
    for (let round = 0; round < 4; round++) {
      const ingest = startProcess('ingest.ts', home, keyHex, String(acknowledged))
      const pages = 2 + round * 3
      for (let at = 0; at < pages; at++) acknowledged = Number(await ingest.line())
      await ingest.kill()
      const db = openForWriting(home, keyHex)
      const events = readBack(db)
      expect(events.length).toBeGreaterThanOrEqual(acknowledged)
      expect(events.length % 50).toBe(0)
      const resume = db.prepare<[], string>('SELECT resume FROM stream').pluck().get()
      expect(resume).toBe(String(events.length))
      expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
      db.close()
      acknowledged = events.length
    }
  })
})

describe('the whole archive', () => {
  it('is written and read by one process and read by another', async () => {
    const home = temporaryHome()
    const open = async (): Promise<Archive> => {
      const archive = await openArchive({ home, keyHex, workerUrl })
      onTestFinished(() => archive.close())
      return archive
    }
    const first = await open()
    const second = await open()
    await first.writer.saveConnection(connection)
    await first.writer.commitPage(page([record(), record({ externalId: 'e2' })]))
    expect((await first.reader.summary()).eventCount).toBe(2)
    expect((await second.reader.summary()).eventCount).toBe(2)
    const { events } = await second.reader.page({ tree: { kind: 'all' }, zone: 'UTC' }, 'newest', null, 10)
    expect(events.map((event) => event.summary)).toEqual(Array(2).fill('Ada Lovelace viewed plan.pdf in Engines'))
    const report = await second.reader.verify(() => {})
    expect(report).toMatchObject({ isSound: true, events: 2 })
  })
})
