import { oneWord, type Context } from '../context.ts'
import { exitCodes, UsageError, type ExitCode } from '../usage.ts'

/** `verify`: reads every page of the archive and the whole ledger; any damage is exit 1 with a sentence. */
export async function verify({ line, output, call, onPush, signal }: Context): Promise<ExitCode> {
  if (oneWord(line, 'The package') !== null)
    throw new UsageError('Evidence packages are not part of this version; verify without a file checks the archive.')
  const undo = await onPush((push) => {
    if (push.name === 'archive.progressed') output.progress(`${push.payload.task}: ${push.payload.done} of ${push.payload.total ?? '…'}`)
  })
  try {
    const report = await call('archive.verify', {}, signal)
    if (output.isJson) await output.json(report)
    else if (report.isSound)
      await output.line(`The archive is sound: ${report.events} events, ${report.ledgerEntries} ledger entries, every page read.`)
    if (report.isSound) return exitCodes.done
    output.error({ code: 'ARCHIVE_DAMAGED', message: report.findings.join('\n') })
    return exitCodes.failed
  } finally {
    undo()
  }
}
