import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PracticeService } from '../core/practice-connections.ts'

export interface PracticeHome {
  readonly home: string
  readonly services: readonly PracticeService[]
  /** Stops the services and removes the folder. */
  remove(): Promise<void>
}

/** The four practice services, filled, and a throw-away folder for an archive of them. */
export async function createPracticeHome(): Promise<PracticeHome> {
  const { startPracticeServices } = await import('../demo/index.ts')
  const [home, services] = await Promise.all([
    mkdtemp(join(tmpdir(), 'trailview-demo-')),
    startPracticeServices({ seed: 1, events: 20_000 }),
  ])
  return {
    home,
    services: services.all,
    async remove() {
      await services.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
