import type { CollectionRun } from '../../contract/model/collection.ts'
import { zoneOf, type Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../usage.ts'

/** How long running collections may take to stop between pages after an interrupt, ms. */
const stopWithinMs = 14_000

/** `sync [ID …]`: collects, and prints what each connection's run did. */
export async function sync({ line, output, call, onPush, signal }: Context): Promise<ExitCode> {
  const finished = new Map<string, CollectionRun>()
  let notify = () => {}
  const undo = await onPush((push) => {
    if (push.name === 'collection.finished') {
      finished.set(push.payload.id, push.payload)
      notify()
    } else if (push.name === 'collection.progressed') {
      const { activity, added, eventsPerSecond } = push.payload
      output.progress(`${push.payload.connection}: ${activity}, ${added} added, ${Math.round(eventsPerSecond)}/s`)
    }
  })
  try {
    const runs = await call('collection.start', {
      connections: [...line.words],
      since: line.text('since') ?? null,
      until: line.text('until') ?? null,
      zone: zoneOf(line),
      full: line.flag('full'),
    })
    const isOver = () => runs.every((run) => finished.has(run.id))
    const all = new Promise<void>((resolve) => {
      notify = () => {
        if (isOver()) resolve()
      }
      notify()
    })
    const interrupted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([all, interrupted])
    if (signal.aborted) {
      for (const run of runs) await call('collection.cancel', { connection: run.connection })
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, stopWithinMs).unref())])
    }
    const results = runs.map((run) => finished.get(run.id) ?? run)
    await print(results, output)
    return exitCodeOf(results, signal.aborted)
  } finally {
    undo()
  }
}

async function print(runs: readonly CollectionRun[], output: Context['output']): Promise<void> {
  if (output.isJson) return output.json(runs.map(asPrinted))
  if (runs.length === 0) return output.note('No connection is set up yet. Add one with "trailview connections add".')
  await output.table([
    ['CONNECTION', 'STATUS', 'ADDED', 'CHANGED', 'UNCHANGED', 'LATE', 'GONE', 'UNMAPPED', 'REQUESTS'],
    ...runs.map((run) => [
      run.connection,
      run.status,
      ...[run.added, run.changed, run.unchanged, run.late, run.gone, run.unmapped, run.requests].map(String),
    ]),
  ])
  for (const run of runs) if (run.error !== null) output.note(`${run.connection}: ${run.error.message}`)
}

function asPrinted(run: CollectionRun) {
  const { connection, status, added, changed, unchanged, late, gone, unmapped, pages, requests, coverage, error } = run
  return { connection, status, added, changed, unchanged, late, gone, unmapped, pages, requests, coverage, error }
}

function exitCodeOf(runs: readonly CollectionRun[], wasInterrupted: boolean): ExitCode {
  if (wasInterrupted) return exitCodes.interrupted
  const done = runs.filter((run) => run.status === 'done').length
  if (done === runs.length) return exitCodes.done
  return done > 0 ? exitCodes.someFailed : exitCodes.failed
}
