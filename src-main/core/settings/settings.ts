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

/** Changes the given settings and returns all of them. */
export async function saveSettings(reader: ArchiveReader, writer: ArchiveWriter, change: Partial<Settings>): Promise<Settings> {
  const settings = settingsSchema.parse({ ...(await readSettings(reader)), ...change })
  await writer.saveFact(key, settings)
  return settings
}
