import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'
import { readSettings, saveSettings } from '../settings/settings.ts'

export function settingsHandlers({ pushes, opened }: CoreParts): AreaHandlers<'settings'> {
  return {
    'settings.get': async () => readSettings((await opened()).archive.reader),
    'settings.save': async (change) => {
      const { archive } = await opened()
      const settings = await saveSettings(archive.reader, archive.writer, change)
      pushes.send('settings.changed', settings)
      return settings
    },
  }
}
