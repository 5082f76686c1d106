import type { ErrorCode } from '../errors.ts'

/** How the archive and the keychain stand; the screen shows one page per state. */
export type ArchiveState =
  | { readonly state: 'opening'; readonly sentence: string }
  | { readonly state: 'open' }
  /** No keychain answered and no passphrase is set up yet: the user may set one. */
  | { readonly state: 'needs-passphrase-setup'; readonly sentence: string }
  | { readonly state: 'needs-passphrase'; readonly sentence: string }
  | { readonly state: 'failed'; readonly code: ErrorCode; readonly sentence: string }

/** `memory`: no keychain is used, secrets last until the app closes. */
export type KeychainState = 'available' | 'locked' | 'absent' | 'unsupported' | 'memory'

export interface AppInfo {
  readonly version: string
  readonly shell: 'electron' | 'browser' | 'cli'
  readonly isDemo: boolean
  /** Folder in which the archive lives, shown in settings. */
  readonly home: string
  readonly systemZone: string
  readonly archive: ArchiveState
  readonly keychain: KeychainState
}

export interface ArchiveSummary {
  readonly eventCount: number
  readonly unmappedCount: number
  readonly firstAt: string | null
  readonly lastAt: string | null
  /** Size on disk, bytes. */
  readonly sizeBytes: number
}

export interface VerifyReport {
  readonly isSound: boolean
  /** One sentence per finding; empty when sound. */
  readonly findings: readonly string[]
  readonly events: number
  readonly pages: number
  readonly ledgerEntries: number
}
