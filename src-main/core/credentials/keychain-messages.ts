/** One request to the keychain's child process. */
export interface KeychainRequest {
  readonly id: number
  readonly service: string
  readonly account: string
  readonly action: { readonly do: 'get' } | { readonly do: 'delete' } | { readonly do: 'set'; readonly value: string }
}

/**
 * Its answer: the password found (or null), whether something was deleted, null for a stored one;
 * or why not: `unloadable` when keytar's native part is missing or does not load, else the platform's own words.
 */
export type KeychainAnswer =
  | { readonly id: number; readonly ok: true; readonly value: string | boolean | null }
  | { readonly id: number; readonly ok: false; readonly reason: 'unloadable' | 'refused'; readonly words: string }
