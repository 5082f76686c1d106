import { verifyArchive } from '../../../ledger/verify-archive.ts'
import { openDatabase } from '../../driver.ts'
import { archivePath } from '../../files.ts'
import type { WorkerOptions } from '../../reader-port.ts'
import type { ThreadMethods } from '../turns/thread-calls.ts'

/** What the verifying thread tells while it works. */
export interface VerifyNews {
  readonly done: number
  readonly total: number
}

/** A thread that reads the whole archive once. It is cancelled by ending it. */
export function verifyMethods(options: WorkerOptions, tell: (news: VerifyNews) => void): ThreadMethods {
  return {
    verify: () => {
      const db = openDatabase({ home: options.home, keyHex: options.keyHex, role: 'reader' })
      let toldMs = 0
      try {
        return verifyArchive(db, archivePath(options.home), (done, total) => {
          if (performance.now() - toldMs < 100 && done < total) return
          toldMs = performance.now()
          tell({ done, total })
        })
      } finally {
        db.close()
      }
    },
  }
}
