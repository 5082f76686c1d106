import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TrailviewError } from '../../contract/errors.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))

const keyFileSchema = z.discriminatedUnion('method', [
  z.object({ version: z.literal(1), archive: z.uuid(), method: z.literal('keychain') }),
  z.object({
    version: z.literal(1),
    archive: z.uuid(),
    method: z.literal('passphrase'),
    salt: hex(16),
    /** scrypt's cost; bounded, since whoever can write the file could otherwise make us take all memory. */
    cost: z
      .number()
      .int()
      .min(2 ** 14)
      .max(2 ** 20),
    blockSize: z.number().int().min(1).max(16),
    parallelism: z.number().int().min(1).max(4),
    check: hex(32),
  }),
])

/** How the archive in a folder is unlocked. It never holds the key: only where to look for it, or how to derive it. */
export type KeyFile = z.infer<typeof keyFileSchema>

function pathIn(home: string): string {
  return join(home, 'archive.key.json')
}

/** The folder's key file, or null when there is none. Rejects with `ARCHIVE_DAMAGED` when it cannot be understood. */
export async function readKeyFile(home: string): Promise<KeyFile | null> {
  const text = await readFile(pathIn(home), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw damaged(home)
  }
  const parsed = keyFileSchema.safeParse(json)
  if (!parsed.success) throw damaged(home)
  return parsed.data
}

/**
 * Writes the key file, whole or not at all, unless there is one already.
 * False when another process was first: its file is the one that counts.
 */
export async function createKeyFile(home: string, file: KeyFile): Promise<boolean> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const draft = `${pathIn(home)}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // A link, unlike a rename, fails when the name is taken.
    await link(draft, pathIn(home))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new TrailviewError(
      'FILE_NOT_WRITABLE',
      `The folder ${home} cannot be written. Check its permissions and free space, then try again.`,
      { cause: error },
    )
  } finally {
    await rm(draft, { force: true })
  }
}

/** A name for a new archive, under which its key is kept. */
export function newArchiveName(): string {
  return randomUUID()
}

function damaged(home: string): TrailviewError {
  return new TrailviewError(
    'ARCHIVE_DAMAGED',
    `${pathIn(home)} cannot be read as a key file. Restore it from a backup of the same archive; the archive itself was not touched.`,
  )
}
