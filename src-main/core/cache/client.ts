import { mkdirSync } from 'node:fs'
import type { Archive, OpenArchiveOptions } from './archive.ts'
import { createReader } from './engine/threads/reader-client.ts'
import { failureOf } from './failure.ts'
import { archivePath } from './files.ts'
import { startWriter } from './writer-client.ts'

export { archiveFileName } from './files.ts'

/**
 * Opens the archive of a home, creating folder and file where they are missing: one writer thread, and the reader threads of the engine.
 * Rejects with ARCHIVE_WRONG_KEY, ARCHIVE_DAMAGED, ARCHIVE_NEWER, ARCHIVE_READ_ONLY, ARCHIVE_BUSY or DISK_FULL.
 */
export async function openArchive(options: OpenArchiveOptions): Promise<Archive> {
  makeHome(options.home)
  let committed = (): void => {}
  const writer = await startWriter(options, () => committed())
  try {
    const handle = await createReader({ ...options, saveSegments: writer.saveSegments })
    committed = handle.committed
    return {
      writer: writer.writer,
      reader: handle.reader,
      close: async () => {
        committed = () => {}
        await handle.close()
        await writer.close()
      },
    }
  } catch (error) {
    await writer.close()
    throw error
  }
}

function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw failureOf(error, archivePath(home))
  }
}
