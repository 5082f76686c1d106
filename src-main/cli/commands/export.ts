import { resolve } from 'node:path'
import { TrailviewError } from '../../contract/errors.ts'
import { exportFormatSchema, type ExportJob } from '../../contract/model/export.ts'
import { queryOf, type Context } from '../context.ts'
import { exitCodes, UsageError, type ExitCode } from '../usage.ts'

/** `export [QUERY] --format F --out FILE`: everything that matches, never a page of it; an existing FILE is replaced once the new one is whole. */
export async function exportEvents({ line, output, call, onPush, signal }: Context): Promise<ExitCode> {
  const format = exportFormatSchema.safeParse(line.text('format'))
  if (!format.success) throw new UsageError(`export needs --format with one of ${exportFormatSchema.options.join(', ')}.`)
  const out = line.text('out')
  if (out === undefined || out === '') throw new UsageError('export needs --out with the file to write.')
  const query = queryOf(line)

  const ended = new Map<string, ExportJob>()
  let notify = () => {}
  const undo = await onPush((push) => {
    if (push.name !== 'exports.progressed') return
    output.progress(`${push.payload.rows} of ${push.payload.totalRows ?? '…'} rows`)
    if (push.payload.status === 'running') return
    ended.set(push.payload.id, push.payload)
    notify()
  })
  try {
    const started = await call('exports.start', { query, format: format.data, path: resolve(out), overwrite: true })
    const stop = () => void call('exports.cancel', { id: started.id })
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const job = await new Promise<ExportJob>((resolveJob) => {
      notify = () => {
        const found = ended.get(started.id)
        if (found !== undefined) resolveJob(found)
      }
      notify()
    })
    if (job.status === 'cancelled') return exitCodes.interrupted
    if (job.error !== null)
      throw TrailviewError.from({ code: job.error.code as TrailviewError['code'], message: job.error.message, retryable: false })
    if (output.isJson) await output.json({ path: job.path, rows: job.rows, sha256: job.sha256 })
    else await output.line(`${job.rows} events were written to ${job.path} (SHA-256 ${job.sha256}).`)
    if (job.format === 'package') output.note('Note the SHA-256 apart from the package: it shows later that nothing in it was changed.')
    return exitCodes.done
  } finally {
    undo()
  }
}
