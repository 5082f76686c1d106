import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { SecretStore } from '../../src-main/core/ports.ts'

/** A keychain in a file, for tests that must survive the end of a process. */
export function createFileSecrets(path: string): SecretStore {
  const read = () => new Map<string, string>(existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as [string, string][]) : [])
  const write = (all: ReadonlyMap<string, string>) => writeFileSync(path, JSON.stringify([...all]))
  return {
    get(account) {
      const value = read().get(account)
      return Promise.resolve(value === undefined ? { state: 'missing' } : { state: 'found', value })
    },
    set(account, value) {
      write(read().set(account, value))
      return Promise.resolve()
    },
    delete(account) {
      const all = read()
      const wasThere = all.delete(account)
      write(all)
      return Promise.resolve(wasThere)
    },
    state: () => Promise.resolve('available'),
    dispose: () => Promise.resolve(),
  }
}
