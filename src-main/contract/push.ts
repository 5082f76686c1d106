import type { ArchiveState, ArchiveTask } from './model/app.ts'
import type { CollectionProgress, CollectionRun } from './model/collection.ts'
import type { ExportJob } from './model/export.ts'
import type { Settings } from './model/settings.ts'

/** Push table: name → payload. Pushes carry ids and counts, never rows: the view asks again. */
export interface PushTable {
  'archive.stateChanged': ArchiveState
  'archive.progressed': ArchiveTask
  'archive.taskEnded': { readonly kind: ArchiveTask['kind'] }
  /** Events were added, changed or marked; counts since the last push. */
  'events.changed': { readonly added: number; readonly changed: number }
  'connections.changed': { readonly connection: string }
  'collection.progressed': CollectionProgress
  'collection.finished': CollectionRun
  'collection.statusChanged': { readonly connection: string }
  'exports.progressed': ExportJob
  'settings.changed': Settings
  'views.changed': Record<string, never>
}

export type PushName = keyof PushTable
export type PushMessage = { [N in PushName]: { readonly name: N; readonly payload: PushTable[N] } }[PushName]
