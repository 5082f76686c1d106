import { z } from 'zod'
import { exportFormatSchema, type ExportJob } from '../../contract/model/export.ts'
import type { ArchiveReader, ArchiveWriter } from '../cache/archive.ts'

const factKey = 'exports'
const keptJobs = 200

const jobSchema = z.object({
  id: z.string(),
  query: z.string(),
  zone: z.string(),
  format: exportFormatSchema,
  path: z.string(),
  manifestPath: z.string(),
  status: z.enum(['done', 'failed', 'cancelled']),
  rows: z.number(),
  totalRows: z.number().nullable(),
  sha256: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})

/** The parts of the archive that remember exports. */
export interface JobArchive {
  readonly reader: Pick<ArchiveReader, 'fact'>
  readonly writer: Pick<ArchiveWriter, 'saveFact' | 'appendLedger'>
}

type FinishedJob = z.infer<typeof jobSchema>

/** The exports that ended, newest first; an entry of an unknown shape is left out. */
export async function readFinishedJobs(reader: Pick<ArchiveReader, 'fact'>): Promise<readonly FinishedJob[]> {
  const stored = await reader.fact(factKey)
  if (!Array.isArray(stored)) return []
  return stored.flatMap((entry: unknown) => jobSchema.safeParse(entry).data ?? [])
}

/** Notes an export that ended: in the log that the screen shows and, when a file was written, in the ledger. */
export async function keepFinishedJob({ reader, writer }: JobArchive, job: ExportJob): Promise<void> {
  if (job.status === 'done') {
    const { query, zone, format, path, rows, sha256 } = job
    await writer.appendLedger('export', { query, zone, format, path, rows, sha256 }, job.endedAt ?? job.startedAt)
  }
  const jobs = [{ ...job }, ...(await readFinishedJobs(reader))].slice(0, keptJobs)
  await writer.saveFact(factKey, jobs)
}
