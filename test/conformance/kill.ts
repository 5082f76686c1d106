import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startPracticeServices } from '../../src-main/demo/index.ts'
import { createFileSecrets } from '../support/file-secrets.ts'
import { openCore } from '../support/open-core.ts'

/** The most requests between two kills: some of them sign in, and all of them together are fewer than a first run makes. */
const mostRequestsOfARun = (kills: number): number => Math.max(12, Math.ceil(240 / kills))

const child = fileURLToPath(new URL('./collect-child.ts', import.meta.url))

export interface KillResult {
  readonly kills: number
  /** Kills that met a process still running. */
  readonly cutShort: number
  readonly events: number
  readonly lost: number
  readonly duplicated: number
  readonly falseCoverage: number
  readonly findings: readonly string[]
}

/**
 * Collects from all four practice services in a process that is killed `kills` times, each time at a seeded request, then once to the end.
 * After every kill the archive is opened: what its coverage claims must be there, and the ledger must verify.
 */
export async function killAndResume(seed: number, kills: number, events: number): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), 'trailview-kill-'))
  const home = join(folder, 'home')
  const secretsPath = join(folder, 'secrets.json')
  const practice = await startPracticeServices({ seed, events })
  const secrets = createFileSecrets(secretsPath)
  const findings: string[] = []
  let falseCoverage = 0
  let cutShort = 0
  const truth = practice.all.flatMap((service) => service.groundTruth())

  const sentRequests = () => practice.all.reduce((sum, { requestLog }) => sum + requestLog.length, 0)

  const inspect = async () => {
    const core = await openCore({ home, secrets })
    try {
      findings.push(...(await core.call('archive.verify', {})).findings)
      const serviceOf = new Map((await core.call('connections.list', {})).map(({ id, service }) => [id, service]))
      const complete = (await core.call('coverage.list', {})).filter(({ state }) => state === 'complete')
      const archived = await core.events()
      const known = new Set(archived.map((event) => `${event.service} ${event.externalId}`))
      for (const { service, externalId, timeMs } of truth) {
        const isCovered = complete.some(
          ({ connection, from, to }) =>
            serviceOf.get(connection) === service && (from === null || timeMs >= Date.parse(from)) && timeMs < Date.parse(to),
        )
        if (isCovered && !known.has(`${service} ${externalId}`)) falseCoverage += 1
      }
      return { archived, known }
    } finally {
      await core.close()
    }
  }

  try {
    const first = await openCore({ home, secrets })
    for (const { service, name, baseUrl, credential } of practice.all)
      await first.call('connections.save', { service, name, baseUrl, credential: { ...credential } })
    await first.close()

    for (let i = 0; i < kills; i++) {
      const killAtRequest = sentRequests() + 1 + ((seed * 7919 + i * 104_729) % mostRequestsOfARun(kills))
      const running = spawn(process.execPath, ['--no-warnings', child, home, secretsPath], { stdio: 'ignore' })
      const ended = once(running, 'exit')
      while (running.exitCode === null && sentRequests() < killAtRequest) await Promise.race([sleep(1), ended])
      if (running.exitCode === null) cutShort += 1
      running.kill('SIGKILL')
      await ended
      await inspect()
    }
    const last = await openCore({ home, secrets })
    const runs = await last.collect()
    await last.close()
    for (const { status, error } of runs) if (status !== 'done') findings.push(error?.message ?? `A run ended ${status}.`)

    const { archived, known } = await inspect()
    return {
      kills,
      cutShort,
      events: truth.length,
      lost: truth.filter(({ service, externalId }) => !known.has(`${service} ${externalId}`)).length,
      duplicated: archived.length - known.size,
      falseCoverage,
      findings,
    }
  } finally {
    await practice.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
