import type { ArchiveState } from '../contract/model/app.ts'
import type { ArchiveTasks } from './archive-tasks.ts'
import type { Archive } from './cache/archive.ts'
import type { Collector } from './collect/collector.ts'
import type { ServiceAccess } from './collect/service-access.ts'
import type { Connections } from './connections/manage.ts'
import type { ExportJobs } from './export/export-jobs.ts'
import type { CorePorts } from './ports.ts'
import type { PushHub } from './push-hub.ts'

/** What lives while the archive is open. */
export interface OpenParts {
  readonly archive: Archive
  readonly connections: Connections
  readonly collector: Collector
  readonly access: ServiceAccess
  readonly exports: ExportJobs
}

/** What handlers are made of. */
export interface CoreParts {
  readonly ports: CorePorts
  readonly pushes: PushHub
  readonly tasks: ArchiveTasks
  readonly archiveState: () => ArchiveState
  readonly unlock: (passphrase: string) => Promise<ArchiveState>
  /** Waits for an opening under way; rejects with a sentence when the archive is not open. */
  readonly opened: () => Promise<OpenParts>
}
