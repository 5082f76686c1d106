import { createPinia, setActivePinia } from 'pinia'
import { createApp } from 'vue'
import { clientKey, createClient } from '../../src-renderer/api/client.ts'
import type { FakeOptions } from '../../src-renderer/api/fake/fake-core.ts'
import { createFakeTransport, type FakeTransport } from '../../src-renderer/api/fake/fake-transport.ts'

/** A fresh Pinia whose stores speak to a fake transport; every test gets its own. */
export function freshApp(options: Partial<FakeOptions> = {}): FakeTransport {
  const transport = createFakeTransport({ rows: 5_000, ...options })
  const pinia = createPinia()
  createApp({}).provide(clientKey, createClient(transport)).use(pinia)
  setActivePinia(pinia)
  return transport
}
