import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'

export function appHandlers({ ports, tasks, archiveState, unlock, opened }: CoreParts): AreaHandlers<'app'> & AreaHandlers<'archive'> {
  return {
    'app.info': async () => ({
      version: ports.version,
      shell: ports.shell,
      isDemo: ports.isDemo,
      home: ports.home,
      systemZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      archive: archiveState(),
      keychain: await ports.secrets.state(),
      tasks: tasks.running(),
    }),
    'archive.summary': async () => (await opened()).archive.reader.summary(),
    'archive.unlock': ({ passphrase }) => unlock(passphrase),
    'archive.verify': async (_input, { signal }) => {
      const { reader } = (await opened()).archive
      try {
        return await reader.verify(
          (done, total) => tasks.progressed({ kind: 'verifying', task: 'Verifying the archive', done, total }),
          signal,
        )
      } finally {
        tasks.ended('verifying')
      }
    },
  }
}
