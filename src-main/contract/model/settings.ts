import { z } from 'zod'

export const themeSchema = z.enum(['system', 'light', 'dark', 'contrast'])

/** Everything the user chose once; kept in the archive's own settings table. */
export const settingsSchema = z.object({
  theme: themeSchema.default('system'),
  /** IANA name, or `local` for the machine's zone. */
  zone: z.string().default('local'),
  /** Columns of the timeline, in order. */
  columns: z.array(z.string()).default(['time', 'service', 'summary', 'actor', 'workspace']),
  /** Proxy for all services; empty: from the environment. */
  proxyUrl: z.string().default(''),
  /** Where exports are written unless a path is given; empty: the downloads folder. */
  exportFolder: z.string().default(''),
})
export type Settings = z.infer<typeof settingsSchema>
