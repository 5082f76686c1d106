import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { TrailviewError } from '../contract/errors.ts'
import type { ArchiveState } from '../contract/model/app.ts'
import type { ArchiveTasks } from './archive-tasks.ts'
import type { Archive } from './cache/archive.ts'
import { archiveFileName, openArchive } from './cache/client.ts'
import { unlockArchiveKey } from './credentials/archive-key.ts'
import { toErrorData } from './dispatch.ts'
import type { CorePorts } from './ports.ts'
import type { PushHub } from './push-hub.ts'

/** The archive from locked to open, and everything that lives only while it is open. */
export interface ArchiveSession<T> {
  state(): ArchiveState
  /** What lives while the archive is open; waits for an opening under way, rejects with a sentence when it is not open. */
  opened(): Promise<T>
  /** Opens with a passphrase, or sets one up for a new archive. Does nothing when open already. */
  unlock(passphrase: string): Promise<ArchiveState>
  close(): Promise<void>
}

export interface SessionOptions<T> {
  readonly ports: CorePorts
  readonly pushes: PushHub
  readonly tasks: ArchiveTasks
  /** Starts what lives on an open archive. */
  readonly start: (archive: Archive) => Promise<T>
  /** Ends it, before the archive closes. */
  readonly stop: (open: T) => Promise<void>
}

/** Begins to open the archive at once; `state()` and `archive.stateChanged` tell how it goes. */
export function createArchiveSession<T>({ ports, pushes, tasks, start, stop }: SessionOptions<T>): ArchiveSession<T> {
  let state: ArchiveState = { state: 'opening', sentence: 'The archive is being opened.' }
  let open: { readonly archive: Archive; readonly parts: T } | null = null

  const become = (next: ArchiveState): ArchiveState => {
    state = next
    pushes.send('archive.stateChanged', next)
    return next
  }

  const attempt = async (passphrase?: string): Promise<ArchiveState> => {
    try {
      mkdirSync(ports.home, { recursive: true, mode: 0o700 })
      const archiveExists = existsSync(join(ports.home, archiveFileName))
      const key = await unlockArchiveKey({
        home: ports.home,
        archiveExists,
        secrets: ports.secrets,
        ...(passphrase === undefined ? {} : { passphrase }),
      })
      if (key.state === 'needs-passphrase' || key.state === 'needs-passphrase-setup')
        return become({ state: key.state, sentence: key.sentence })
      if (key.state === 'locked' || key.state === 'lost') return become({ state: 'failed', code: key.code, sentence: key.sentence })
      const archive = await openArchive({
        home: ports.home,
        keyHex: key.keyHex,
        workerUrl: ports.archiveWorkerUrl,
        onProgress: (task, done, total) => tasks.progressed({ kind: 'migrating', task, done, total }),
        onLoading: (progress) => {
          if (progress === null) tasks.ended('loading')
          else tasks.progressed({ kind: 'loading', task: 'Loading the archive', ...progress })
        },
      })
      tasks.ended('migrating')
      open = { archive, parts: await start(archive) }
      return become({ state: 'open' })
    } catch (error) {
      for (const { kind } of tasks.running()) tasks.ended(kind)
      const { code, message } = toErrorData(error)
      // A wrong passphrase leaves the question open.
      if (passphrase !== undefined && code === 'ARCHIVE_WRONG_KEY') return become({ state: 'needs-passphrase', sentence: message })
      return become({ state: 'failed', code, sentence: message })
    }
  }

  let opening = attempt()
  return {
    state: () => state,
    async opened() {
      await opening
      if (open !== null) return open.parts
      throw refusal(state)
    },
    async unlock(passphrase) {
      if ((await opening).state === 'open') return state
      opening = attempt(passphrase)
      return opening
    },
    async close() {
      await opening
      if (open === null) return
      const { archive, parts } = open
      open = null
      state = { state: 'failed', code: 'ARCHIVE_LOCKED', sentence: 'Trailview is closing.' }
      await stop(parts)
      await archive.close()
    },
  }
}

function refusal(state: ArchiveState): TrailviewError {
  switch (state.state) {
    case 'opening':
    case 'open':
      return new TrailviewError('ARCHIVE_LOCKED', 'The archive is not open yet.', { retryable: true })
    case 'needs-passphrase':
    case 'needs-passphrase-setup':
      return new TrailviewError('ARCHIVE_LOCKED', state.sentence)
    case 'failed':
      return new TrailviewError(state.code, state.sentence)
  }
}
