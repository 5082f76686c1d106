import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'

export function timelineHandlers({ opened }: CoreParts): AreaHandlers<'timelines'> {
  return {
    'timelines.list': async ({ kind, text, ofKind, first, count }, { signal }) =>
      (await opened()).archive.reader.timelines(kind, text, ofKind, first, count, signal),
  }
}
