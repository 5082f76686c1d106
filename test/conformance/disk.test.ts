import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TrailviewError } from '../../src-main/contract/errors.ts'
import { startPracticeServices, type PracticeServices } from '../../src-main/demo/index.ts'
import { createFileSecrets } from '../support/file-secrets.ts'
import { openCore, type TestCore } from '../support/open-core.ts'

const mount = (...args: readonly string[]): boolean => spawnSync('mount', args).status === 0

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'trailview-mount-'))
  const isMounted = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder)
  if (isMounted) spawnSync('umount', [folder])
  rmdirSync(folder)
  return isMounted
}

/** A file system of its own for the archive: that it can be filled and locked is the point. Skipped where nothing may be mounted. */
describe.skipIf(!canMount())('a disk that ends (needs the right to mount a file system)', () => {
  let disk: string
  let practice: PracticeServices
  let secretsPath: string

  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), 'trailview-disk-'))
    secretsPath = join(mkdtempSync(join(tmpdir(), 'trailview-disk-keys-')), 'secrets.json')
    practice = await startPracticeServices({ seed: 11, events: 4_000 })
  })

  afterEach(async () => {
    await practice.close()
    spawnSync('umount', [disk])
    rmdirSync(disk)
  })

  const open = (): Promise<TestCore> => openCore({ home: join(disk, 'home'), secrets: createFileSecrets(secretsPath) })
  const connect = async (core: TestCore): Promise<void> => {
    for (const { service, name, baseUrl, credential } of practice.all) {
      await core.call('connections.save', { service, name, baseUrl, credential: { ...credential } })
    }
  }
  const expectAll = async (core: TestCore): Promise<void> => {
    const runs = await core.collect()
    expect(runs.map(({ status, error }) => [status, error?.message])).toEqual(runs.map(() => ['done', undefined]))
    const archived = (await core.events()).map((event) => `${event.service} ${event.externalId}`)
    const truth = practice.all.flatMap((service) => service.groundTruth()).map((event) => `${event.service} ${event.externalId}`)
    expect(archived.sort()).toEqual(truth.sort())
    expect(await core.call('archive.verify', {})).toMatchObject({ isSound: true, findings: [] })
  }

  it('full: every run says so, what was stored stays whole, and with room again nothing is missing', async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', disk)).toBe(true)
    const core = await open()
    await connect(core)
    const runs = await core.collect()
    expect(runs.map(({ error }) => error?.code)).toContain('DISK_FULL')
    await core.close()

    mount('-o', 'remount,size=200m', disk)
    const again = await open()
    expect(await again.call('archive.verify', {})).toMatchObject({ isSound: true })
    await expectAll(again)
    await again.close()
  })

  it('read-only: said in a sentence, and collected once it can be written again', async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', disk)).toBe(true)
    const first = await open()
    await connect(first)
    await first.close()

    mount('-o', 'remount,ro', disk)
    const locked = await open()
    const error = await locked.call('collection.start', {}).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TrailviewError)
    expect(error).toMatchObject({ code: 'ARCHIVE_READ_ONLY' })
    await locked.close()

    mount('-o', 'remount,rw', disk)
    const again = await open()
    await expectAll(again)
    await again.close()
  })
})
