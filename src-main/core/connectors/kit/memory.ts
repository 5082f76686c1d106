import type { ConnectorMemory } from '../define.ts'

/** A memory for a single call, which leaves nothing behind. */
export const noMemory: ConnectorMemory = { get: () => undefined, set: () => undefined }
