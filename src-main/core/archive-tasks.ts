import type { ArchiveTask } from '../contract/model/app.ts'
import type { PushHub } from './push-hub.ts'

/** Long work on the archive: told while it goes on, and known to whoever looks later. */
export interface ArchiveTasks {
  progressed(task: ArchiveTask): void
  ended(kind: ArchiveTask['kind']): void
  running(): readonly ArchiveTask[]
}

export function createArchiveTasks(pushes: PushHub): ArchiveTasks {
  const running = new Map<ArchiveTask['kind'], ArchiveTask>()
  return {
    progressed(task) {
      running.set(task.kind, task)
      pushes.send('archive.progressed', task)
    },
    ended(kind) {
      if (running.delete(kind)) pushes.send('archive.taskEnded', { kind })
    },
    running: () => [...running.values()],
  }
}
