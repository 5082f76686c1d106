import { resolve } from 'node:path'
import { verifyPackage } from '../../core/verify-package.ts'
import { oneWord, type Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../usage.ts'

/** `verify [PACKAGE]`: reads every page of the archive and the whole ledger, or all of an evidence package; any damage is exit 1 with a sentence. */
export function verify(context: Context): Promise<ExitCode> {
  const path = oneWord(context.line, 'The package')
  return path === null ? verifyArchive(context) : verifyEvidence(resolve(path), context)
}

async function verifyArchive({ output, call, onPush, signal }: Context): Promise<ExitCode> {
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

/** Needs no archive, so none is opened: no home and no keychain are asked for. */
async function verifyEvidence(path: string, { output, signal }: Context): Promise<ExitCode> {
  let shown = -1
  const report = await verifyPackage(path, signal, ({ done, total }) => {
    const percent = Math.floor((done / total) * 100)
    if (percent > shown) output.progress(`verifying the package: ${(shown = percent)} %`)
  })
  if (output.isJson) await output.json(report)
  else if (report.isSound) {
    const { about, events, revisions, pages, ledgerEntries, sha256, ledgerHash } = report
    await output.line(
      `The package is sound: ${events} events, ${revisions} payloads of changed events, ${pages} pages and ${ledgerEntries} ledger entries.`,
    )
    if (about !== null) await output.line(`It holds: ${about.inWords} (${about.zone}), written on ${about.createdAt}.`)
    await output.line(`SHA-256 of the package: ${sha256}`)
    await output.line(`Hash of its last ledger entry: ${ledgerHash ?? ''}`)
    await output.line(
      'Compare one of the two with what was noted when the package was made: nothing was changed since if they are the same.',
    )
  }
  if (report.isSound) return exitCodes.done
  output.error({ code: 'PACKAGE_DAMAGED', message: report.findings.join('\n') })
  return exitCodes.failed
}
