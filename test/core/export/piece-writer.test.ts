import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PieceWriter } from '../../../src-main/core/export/piece-writer.ts'

const anySize = fc.oneof(fc.nat(100), fc.constantFrom(0, 4_096, 1_048_575, 1_048_576, 1_048_577, 2_500_001), fc.nat(3_000_000))

it('writes what it is given, in order, however it is cut', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trailview-pieces-'))
  let files = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anySize, { maxLength: 8 }), async (sizes) => {
      const path = join(folder, String(files++))
      const told: Buffer[] = []
      const writer = new PieceWriter(await open(path, 'wx'), (bytes) => told.push(Buffer.from(bytes)))
      const parts = sizes.map((size, i) => Buffer.alloc(size, `${i} and then some `))
      for (const part of parts) {
        const given = Uint8Array.from(part)
        await writer.write(given)
        // It may be used for something else from here on.
        given.fill(0)
      }
      const all = Buffer.concat(parts)
      expect(writer.sizeBytes).toBe(all.length)
      await writer.finish()
      expect(Buffer.concat(told).equals(all)).toBe(true)
      expect((await readFile(path)).equals(all)).toBe(true)
      await rm(path)
    }),
    { numRuns: 25 },
  )
})

it.runIf(process.platform === 'linux')('says that the disk is full, at the latest when it finishes', async () => {
  for (const sizeBytes of [10, 3_000_000]) {
    const writer = new PieceWriter(await open('/dev/full', 'w'), () => undefined)
    const written = async (): Promise<void> => {
      await writer.write(Buffer.alloc(sizeBytes))
      await writer.finish()
    }
    await expect(written()).rejects.toMatchObject({ code: 'ENOSPC' })
    await writer.close()
  }
})
