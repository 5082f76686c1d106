import type { PushMessage } from '../contract/push.ts'
import { createArchiveSession } from './archive-session.ts'
import { createArchiveTasks } from './archive-tasks.ts'
import type { Archive } from './cache/archive.ts'
import { createCollector } from './collect/collector.ts'
import { RunLog } from './collect/run-log.ts'
import { createServiceAccess } from './collect/service-access.ts'
import { ServiceLinks } from './collect/service-links.ts'
import { createConnections } from './connections/manage.ts'
import { connectors } from './connectors/registry.ts'
import { createCredentials } from './credentials/credentials.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { createExportJobs } from './export/export-jobs.ts'
import { createHandlers } from './handlers/index.ts'
import { keepHeapsSmall } from './lib/small-heaps.ts'
import type { OpenParts } from './parts.ts'
import type { CorePorts } from './ports.ts'
import { createPushHub, type PushHub } from './push-hub.ts'
import { readSettings } from './settings/settings.ts'

/** The core as a shell sees it. */
export interface Core {
  readonly dispatch: Dispatch
  /** Calls the listener with every push; returns its undo. */
  onPush(listener: (push: PushMessage) => void): () => void
  /** Stops collections between pages, ends exports, closes the archive. */
  dispose(): Promise<void>
}

export type CreateCore = (ports: CorePorts) => Promise<Core>

/** How long the keychain may still be waited for when everything ends. */
const secretsGraceMs = 5_000

/** Makes the core and begins to open the archive; calls that need it wait until it is open, or say why it is not. */
export const createCore: CreateCore = (ports) => {
  keepHeapsSmall()
  const { log } = ports
  const pushes = createPushHub((error) => log.error('a push was not taken', { error: String(error) }))
  const tasks = createArchiveTasks(pushes)
  const credentials = createCredentials(ports.secrets)

  const session = createArchiveSession({
    ports,
    pushes,
    tasks,
    start: (archive) => startParts(archive, { ports, pushes, credentials }),
    stop: stopParts,
  })
  const handlers = createHandlers({
    ports,
    pushes,
    tasks,
    archiveState: session.state,
    unlock: session.unlock,
    opened: async () => (await session.opened()).parts,
  })
  return Promise.resolve({
    dispatch: createDispatch(handlers, log),
    onPush: pushes.on,
    async dispose() {
      // A keychain prompt that nobody answers must not hold the end up.
      const late = setTimeout(() => void ports.secrets.dispose(), secretsGraceMs)
      await session.close()
      clearTimeout(late)
      await ports.secrets.dispose()
    },
  })
}

interface Live {
  readonly parts: OpenParts
  readonly links: ServiceLinks
  readonly unsubscribe: () => void
}

interface StartOptions {
  readonly ports: CorePorts
  readonly pushes: PushHub
  readonly credentials: ReturnType<typeof createCredentials>
}

/** Everything that lives while the archive is open. */
function startParts(archive: Archive, { ports, pushes, credentials }: StartOptions): Promise<Live> {
  const { clock, log } = ports
  const settings = () => readSettings(archive.reader)
  const runs = new RunLog(archive.writer, clock, log)
  const links = new ServiceLinks({
    connectors,
    credentials,
    clock,
    environment: ports.environment,
    proxyUrl: async () => (await settings()).proxyUrl,
  })
  const parts: OpenParts = {
    archive,
    connections: createConnections(archive, credentials, clock),
    access: createServiceAccess({ archive, links, runs, clock }),
    collector: createCollector({
      archive,
      links,
      runs,
      clock,
      log,
      runsSchedule: ports.runsSchedule,
      onProgress: (progress) => pushes.send('collection.progressed', progress),
      onFinished: (run) => pushes.send('collection.finished', run),
      onStatus: (connection) => pushes.send('collection.statusChanged', { connection }),
    }),
    exports: createExportJobs({
      archive,
      appVersion: ports.version,
      clock,
      log,
      exportFolder: async () => (await settings()).exportFolder || ports.downloadsFolder,
      onChanged: (job) => pushes.send('exports.progressed', job),
    }),
  }
  const unsubscribe = archive.reader.onChanged((change) => pushes.send('events.changed', change))
  return Promise.resolve({ parts, links, unsubscribe })
}

async function stopParts({ parts, links, unsubscribe }: Live): Promise<void> {
  unsubscribe()
  await Promise.all([parts.collector.dispose(), parts.exports.dispose()])
  await links.close()
}
