import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { createApp } from 'vue'
import { clientKey, createClient } from '../../src-renderer/api/client.ts'
import type { FakeOptions } from '../../src-renderer/api/fake/fake-core.ts'
import { createFakeTransport, type FakeTransport } from '../../src-renderer/api/fake/fake-transport.ts'

let before: Pinia | null = null

/** A fresh Pinia whose stores speak to a fake transport; every test gets its own, and those of the one before it come to rest. */
export function freshApp(options: Partial<FakeOptions> = {}): FakeTransport {
  const transport = createFakeTransport({ rows: 5_000, ...options })
  if (before !== null) disposePinia(before)
  const pinia = createPinia()
  before = pinia
  createApp({}).provide(clientKey, createClient(transport)).use(pinia)
  setActivePinia(pinia)
  return transport
}
