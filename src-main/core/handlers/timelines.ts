import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'

export function timelineHandlers({ opened }: CoreParts): AreaHandlers<'timelines'> {
  return {
    'timelines.list': async ({ kind, text, first, count }) => (await opened()).archive.reader.timelines(kind, text, first, count),
  }
}
