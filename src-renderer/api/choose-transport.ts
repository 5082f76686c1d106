import { createElectronTransport } from './electron-transport.ts'
import { createLoopbackTransport } from './loopback-transport.ts'
import type { Transport } from './transport.ts'

/** The transport for where the page runs. `?fake=ROWS` shows that many generated rows and reaches no archive at all. */
export async function chooseTransport(page: Window): Promise<{ readonly transport: Transport; readonly isFake: boolean }> {
  if (page.trailview !== undefined) return { transport: createElectronTransport(page.trailview), isFake: false }
  const fakeRows = new URLSearchParams(page.location.search).get('fake')
  if (fakeRows !== null) {
    const { createFakeTransport } = await import('./fake/fake-transport.ts')
    return { transport: createFakeTransport({ rows: Math.max(0, Math.trunc(Number(fakeRows)) || 0) }), isFake: true }
  }
  return { transport: createLoopbackTransport(page.location.href), isFake: false }
}
