import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PracticeServices } from './index.ts'

/** How often one more event happens at one of the services, ms: a second collection finds something. */
const arrivalEveryMs = 20_000

/** A throw-away folder for an archive of practice data. */
export function createPracticeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'trailview-demo-'))
}

export interface Practice {
  readonly services: PracticeServices['all']
  /** Stops the services and removes the folder. */
  end(): Promise<void>
}

/** The four practice services, filled, for an archive in `folder`. */
export async function startPractice(folder: string): Promise<Practice> {
  // Loaded only when there is a demo.
  const { startPracticeServices } = await import('./index.ts')
  const services = await startPracticeServices({ seed: 1, events: 20_000, arrivalEveryMs })
  return {
    services: services.all,
    async end() {
      await services.close()
      // A browser that has just closed may still be writing its profile.
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}
