import { settingsSchema, type Settings } from '../../contract/model/settings.ts'
import type { ArchiveReader, ArchiveWriter } from '../cache/archive.ts'

const key = 'settings'

/** The stored settings; what is missing or from another version falls back to its default, one by one. */
export async function readSettings(reader: ArchiveReader): Promise<Settings> {
  const stored = await reader.fact(key)
  const defaults = settingsSchema.parse({})
  if (typeof stored !== 'object' || stored === null) return defaults
  const merged: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(stored)) {
    if (settingsSchema.safeParse({ ...merged, [name]: value }).success) merged[name] = value
  }
  return settingsSchema.parse(merged)
}

export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/** Changes the given settings and returns all of them. */
export async function saveSettings(reader: ArchiveReader, writer: ArchiveWriter, change: SettingsChange): Promise<Settings> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  const settings = settingsSchema.parse({ ...(await readSettings(reader)), ...given })
  await writer.saveFact(key, settings)
  return settings
}
