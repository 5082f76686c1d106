import type { ExportFormat, ExportJob } from '../../src-main/contract/model/export.ts'
import type { TestCore } from '../support/open-core.ts'

/** Exports every event and waits for the end; an existing file is overwritten. */
export function exportAll(core: TestCore, format: ExportFormat, path: string): Promise<ExportJob> {
  return new Promise((resolve, reject) => {
    const undo = core.onPush((push) => {
      if (push.name !== 'exports.progressed' || push.payload.status === 'running') return
      undo()
      if (push.payload.status === 'done') resolve(push.payload)
      else reject(new Error(push.payload.error?.message ?? 'The export was cancelled.'))
    })
    core.call('exports.start', { query: { text: '' }, format, path, overwrite: true }).catch(reject)
  })
}
