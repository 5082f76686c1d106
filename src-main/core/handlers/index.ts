import type { HandlerTable } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'
import { appHandlers } from './app.ts'
import { collectionHandlers } from './collection.ts'
import { connectionHandlers } from './connections.ts'
import { eventHandlers } from './events.ts'
import { exportHandlers } from './exports.ts'
import { queryHandlers } from './query.ts'
import { reviewHandlers } from './review.ts'
import { settingsHandlers } from './settings.ts'
import { timelineHandlers } from './timelines.ts'

/** The handlers of every area; the compiler holds that none is missing. */
export function createHandlers(parts: CoreParts): HandlerTable {
  return {
    ...appHandlers(parts),
    ...collectionHandlers(parts),
    ...connectionHandlers(parts),
    ...eventHandlers(parts),
    ...exportHandlers(parts),
    ...queryHandlers(parts),
    ...reviewHandlers(parts),
    ...settingsHandlers(parts),
    ...timelineHandlers(parts),
  }
}
