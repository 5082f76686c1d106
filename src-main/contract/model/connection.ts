import { z } from 'zod'
import { serviceIds, type ServiceId } from './audit-event.ts'

/** A connection's options, by the service's own parameter names (`workspaces`, `q`, `filter[id]`…); text as the user wrote it. */
export type ConnectionOptions = Readonly<Record<string, string>>

/** A credential on its one way in. Never part of any output type. */
export const credentialSchema = z.record(z.string(), z.string())
export type CredentialInput = z.infer<typeof credentialSchema>

export const connectionDraftSchema = z.object({
  /** Absent for a new connection. */
  id: z.string().optional(),
  service: z.enum(serviceIds),
  name: z.string().trim().min(1).max(120),
  /** Origin only; connectors add their own paths. Absent or empty: the service's public address. */
  baseUrl: z.string().optional(),
  options: z.record(z.string(), z.string()).default({}),
  /** Absent: keep the stored one. */
  credential: credentialSchema.optional(),
  /** The user agreed to keep the credential in memory until the app closes, because no keychain answers. */
  sessionOnly: z.boolean().optional(),
  /** Minutes between scheduled runs while the app is open; null: off. */
  intervalMinutes: z.number().int().min(1).max(43_200).nullable().optional(),
  collectOnStart: z.boolean().optional(),
})
export type ConnectionDraft = z.input<typeof connectionDraftSchema>

/** Whether the connection's credential is where it belongs. */
export type CredentialState = 'stored' | 'session-only' | 'missing' | 'locked' | 'refused'

export interface Connection {
  readonly id: string
  readonly service: ServiceId
  readonly name: string
  readonly baseUrl: string
  readonly options: ConnectionOptions
  readonly credentialState: CredentialState
  readonly createdAt: string
  readonly intervalMinutes: number | null
  readonly collectOnStart: boolean
}

/** What one authenticated call saw. */
export interface ConnectionTest {
  readonly isOk: boolean
  /** One sentence for the reader: who we are there and what can be seen, or what went wrong and what to do next. */
  readonly sentence: string
  readonly code: string | null
  readonly account: string | null
  readonly latencyMs: number
}
