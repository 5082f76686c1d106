import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Settings } from '../../src-main/contract/model/settings.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { isKnownZone } from '../lib/zones.ts'
import { useAppStore } from './app.ts'

const initial: Settings = {
  theme: 'system',
  zone: 'local',
  columns: ['time', 'service', 'summary', 'actor', 'workspace'],
  proxyUrl: '',
  exportFolder: '',
}

/** What the user chose once. A change shows at once and is undone if it could not be kept. */
export const useSettingsStore = defineStore('settings', () => {
  const client = useClient()
  const app = useAppStore()
  const settings = shallowRef<Settings>(initial)
  const failure = shallowRef<Failure | null>(null)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const contrast = matchMedia('(prefers-contrast: more)')
  const systemTheme = ref(readSystemTheme())

  function readSystemTheme(): 'light' | 'dark' | 'contrast' {
    if (contrast.matches) return 'contrast'
    return dark.matches ? 'dark' : 'light'
  }
  for (const query of [dark, contrast]) query.addEventListener('change', () => (systemTheme.value = readSystemTheme()))

  const theme = computed(() => (settings.value.theme === 'system' ? systemTheme.value : settings.value.theme))

  /** IANA name of the machine's own zone. */
  const localZone = computed(() => app.info?.systemZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)

  /** IANA name of the zone in which times are shown and dates are read. */
  const zone = computed(() => {
    const chosen = settings.value.zone === 'local' ? localZone.value : settings.value.zone
    return isKnownZone(chosen) ? chosen : 'UTC'
  })

  async function load(): Promise<void> {
    try {
      settings.value = await client.call('settings.get', {})
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  async function save(part: Partial<Settings>): Promise<void> {
    const before = settings.value
    settings.value = { ...before, ...part }
    try {
      settings.value = await client.call('settings.save', part)
      failure.value = null
    } catch (error) {
      settings.value = before
      failure.value = toFailure(error)
    }
  }

  client.on('settings.changed', (changed) => {
    settings.value = changed
  })

  return { settings, failure, theme, localZone, zone, load, save }
})
