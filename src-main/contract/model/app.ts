import type { ErrorCode } from '../errors.ts'

/** How the archive and the keychain stand; the screen shows one page per state. */
export type ArchiveState =
  | { readonly state: 'opening'; readonly sentence: string }
  | { readonly state: 'open' }
  /** No keychain answered and no passphrase is set up yet: the user may set one. */
  | { readonly state: 'needs-passphrase-setup'; readonly sentence: string }
  | { readonly state: 'needs-passphrase'; readonly sentence: string }
  | { readonly state: 'failed'; readonly code: ErrorCode; readonly sentence: string }

/** Long work on the archive, as far as it has come. While it is `loading`, the newest events can be read, and nothing is searched or counted yet. */
export interface ArchiveTask {
  readonly kind: 'migrating' | 'loading' | 'verifying'
  /** In words. */
  readonly task: string
  /** Events when loading, pages when verifying, parts when migrating. */
  readonly done: number
  readonly total: number | null
}

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
  /** Under way now; `archive.progressed` and `archive.taskEnded` tell how they go on. */
  readonly tasks: readonly ArchiveTask[]
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
