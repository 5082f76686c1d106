import { randomUUID } from 'node:crypto'
import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'

/** Marks, tags, notes and saved views. Writes to single events are told to the screen as changed events. */
export function reviewHandlers({ ports, pushes, opened }: CoreParts): AreaHandlers<'review'> & AreaHandlers<'views'> {
  const now = () => new Date(ports.clock.now()).toISOString()
  return {
    'review.mark': async ({ ids, status }) => {
      const changed = await (await opened()).archive.writer.markReview(ids, status, now())
      if (changed > 0) pushes.send('events.changed', { added: 0, changed })
      return { changed }
    },
    'review.tag': async ({ id, add, remove }) => {
      const tags = await (await opened()).archive.writer.tag(id, add, remove, now())
      pushes.send('events.changed', { added: 0, changed: 1 })
      return { tags }
    },
    'review.note': async ({ id, text }) => {
      const noteId = await (await opened()).archive.writer.note(id, text, now())
      pushes.send('events.changed', { added: 0, changed: 1 })
      return { noteId }
    },
    'views.list': async () => (await opened()).archive.reader.views(),
    'views.save': async ({ id, name, query, zone }) => {
      const { archive } = await opened()
      const known = (await archive.reader.views()).find((view) => view.id === id)
      const view = { id: known?.id ?? randomUUID(), name, query, zone, createdAt: known?.createdAt ?? now() }
      await archive.writer.saveView(view)
      pushes.send('views.changed', {})
      return view
    },
    'views.remove': async ({ id }) => {
      const removed = await (await opened()).archive.writer.removeView(id)
      if (removed) pushes.send('views.changed', {})
      return { removed }
    },
  }
}
