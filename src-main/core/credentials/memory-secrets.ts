import type { SecretStore } from '../ports.ts'

/** Secrets that live as long as the process and are never written: for the demo, and for credentials kept for one session. */
export function createMemorySecrets(): SecretStore {
  const values = new Map<string, string>()
  return {
    async get(account) {
      const value = values.get(account)
      return value === undefined ? { state: 'missing' } : { state: 'found', value }
    },
    async set(account, value) {
      values.set(account, value)
    },
    async delete(account) {
      return values.delete(account)
    },
    async state() {
      return 'memory'
    },
    async dispose() {
      values.clear()
    },
  }
}
