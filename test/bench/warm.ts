import { open } from 'node:fs/promises'
import { archivePath } from '../../src-main/core/cache/files.ts'

const pieceBytes = 4 * 1024 * 1024

/** Reads the archive's file once, so that what is measured finds it in the system's cache, wherever that had let go of it. */
export async function warm(home: string): Promise<void> {
  const file = await open(archivePath(home))
  const piece = Buffer.alloc(pieceBytes)
  try {
    while ((await file.read(piece, 0, pieceBytes)).bytesRead > 0);
  } finally {
    await file.close()
  }
}
