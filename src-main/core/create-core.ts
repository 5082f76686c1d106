import type { PushMessage } from '../contract/push.ts'
import type { Dispatch } from './dispatch.ts'
import type { CorePorts } from './ports.ts'

/** The core as a shell sees it. */
export interface Core {
  readonly dispatch: Dispatch
  /** Calls the listener with every push; returns its undo. */
  onPush(listener: (push: PushMessage) => void): () => void
  /** Stops collections between pages, ends exports, closes the archive. */
  dispose(): Promise<void>
}

export type CreateCore = (ports: CorePorts) => Promise<Core>
