import { TrailviewError } from '../../contract/errors.ts'
import type { AreaHandlers } from '../dispatch.ts'
import { connectors } from '../connectors/registry.ts'
import { commonOptions } from '../connectors/runtime/common-options.ts'
import { merge } from '../connections/manage.ts'
import type { CoreParts } from '../parts.ts'

export function connectionHandlers({ ports, pushes, opened }: CoreParts): AreaHandlers<'connectors'> & AreaHandlers<'connections'> {
  return {
    'connectors.list': () =>
      Promise.resolve(Object.values(connectors).map(({ info }) => ({ ...info, options: [...info.options, ...commonOptions] }))),
    'connections.list': async () => (await opened()).connections.list(),
    'connections.status': async () => (await opened()).collector.status(),
    'connections.save': async (draft) => {
      const { connections, collector } = await opened()
      const saved = await connections.save(draft)
      collector.connectionChanged(saved.id)
      pushes.send('connections.changed', { connection: saved.id })
      return saved
    },
    'connections.test': async (input, { signal }) => {
      const { connections, access } = await opened()
      if ('id' in input) return access.test(await connections.get(input.id), null, signal)
      const { draft } = input
      const known = draft.id === undefined ? null : await connections.get(draft.id)
      if (known === null && draft.credential === undefined)
        throw new TrailviewError('CONNECTION_INVALID', 'A credential is needed to test a connection that is not saved yet.')
      return access.test(merge(draft, known, ports.clock.now()), draft.credential ?? null, signal)
    },
    'connections.remove': async ({ id, purge }) => {
      const { connections, collector } = await opened()
      await connections.get(id)
      await collector.cancel(id)
      const purgedEvents = await connections.remove(id, purge)
      collector.connectionChanged(id)
      pushes.send('connections.changed', { connection: id })
      if (purgedEvents > 0) pushes.send('events.changed', { added: 0, changed: purgedEvents })
      return { purgedEvents }
    },
    'connections.findUser': async ({ id, email }, { signal }) => {
      const { connections, access } = await opened()
      return { user: await access.findUser(await connections.get(id), email, signal) }
    },
  }
}
