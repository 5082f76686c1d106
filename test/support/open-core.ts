import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Input, MethodName, Output } from '../../src-main/contract/api.ts'
import { TrailviewError } from '../../src-main/contract/errors.ts'
import type { AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import type { CollectionRun } from '../../src-main/contract/model/collection.ts'
import type { PushMessage } from '../../src-main/contract/push.ts'
import { createCore, type Core } from '../../src-main/core/create-core.ts'
import { createMemorySecrets } from '../../src-main/core/credentials/memory-secrets.ts'
import { nodePorts } from '../../src-main/core/node-ports.ts'
import type { CorePorts, SecretStore } from '../../src-main/core/ports.ts'

export interface TestCore {
  readonly home: string
  /** The door itself, as a shell takes it. */
  readonly dispatch: Core['dispatch']
  call<N extends MethodName>(name: N, input: Input<N>, signal?: AbortSignal): Promise<Output<N>>
  onPush(listener: (push: PushMessage) => void): () => void
  /** Collects and waits for the runs to end. */
  collect(input?: Input<'collection.start'>): Promise<readonly CollectionRun[]>
  /** Every event that matches, in order. */
  events(text?: string): Promise<readonly AuditEvent[]>
  close(): Promise<void>
}

export interface TestCoreOptions extends Partial<Pick<CorePorts, 'clock' | 'log'>> {
  /** Absent: a folder that is removed on close. */
  readonly home?: string
  /** Share one between cores that open the same archive one after another. */
  readonly secrets?: SecretStore
}

/** A whole core on a real archive, called through its only door; the keychain is in memory. */
export async function openCore({ home, secrets = createMemorySecrets(), ...ports }: TestCoreOptions = {}): Promise<TestCore> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'trailview-test-'))
  const core = await createCore({
    ...nodePorts({ shell: 'cli', version: '0.0.0', home: folder, isDemo: true, runsSchedule: false }),
    secrets,
    downloadsFolder: folder,
    ...ports,
  })
  const call: TestCore['call'] = async (name, input, signal) => {
    const reply = await core.dispatch(name, input, signal)
    if (!reply.ok) throw TrailviewError.from(reply.error)
    return reply.value as never
  }
  return {
    home: folder,
    dispatch: core.dispatch,
    call,
    onPush: core.onPush,
    async collect(input = {}) {
      const ended = new Map<string, CollectionRun>()
      let check = () => {}
      const undo = core.onPush((push) => {
        if (push.name !== 'collection.finished') return
        ended.set(push.payload.id, push.payload)
        check()
      })
      try {
        const runs = await call('collection.start', input)
        await new Promise<void>((resolve) => {
          check = () => {
            if (runs.every(({ id }) => ended.has(id))) resolve()
          }
          check()
        })
        return runs.flatMap(({ id }) => ended.get(id) ?? [])
      } finally {
        undo()
      }
    },
    async events(text = '') {
      const all: AuditEvent[] = []
      for (let cursor: string | null = null; ;) {
        const page: Output<'events.page'> = await call('events.page', { query: { text }, cursor, limit: 5_000 })
        all.push(...page.events)
        cursor = page.next
        if (cursor === null) return all
      }
    },
    async close() {
      await core.dispose()
      if (home === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
