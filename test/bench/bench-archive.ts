import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { archiveFileName } from '../../src-main/core/cache/files.ts'
import { createKeyFile } from '../../src-main/core/credentials/key-file.ts'
import { keyAccount } from '../../src-main/core/credentials/archive-key.ts'
import { createMemorySecrets } from '../../src-main/core/credentials/memory-secrets.ts'
import { openCore, type TestCore } from '../support/open-core.ts'

/** Not a secret: the archives hold made-up events. */
export const benchKeyHex = '11'.repeat(32)
const archiveName = '00000000-0000-4000-8000-000000000000'

/** Opens a whole core over an archive that was filled with `benchKeyHex`. */
export async function openBenchCore(home: string): Promise<TestCore> {
  await createKeyFile(home, { version: 1, archive: archiveName, method: 'keychain' })
  const secrets = createMemorySecrets()
  await secrets.set(keyAccount(archiveName), benchKeyHex)
  return openCore({ home, secrets })
}

/** Bytes of a closed archive on disk, its log included. */
export function archiveSizeBytes(home: string): number {
  const names = readdirSync(home).filter((name) => name.startsWith(archiveFileName))
  return names.reduce((sum, name) => sum + statSync(join(home, name)).size, 0)
}

/** How fast the events of all transactions of one size were written. */
export interface IngestFigures {
  readonly transactionEvents: number
  readonly events: number
  readonly writeMs: number
  readonly processorMs: number
  readonly peakBytes: number
}

const figuresPath = (home: string): string => join(home, 'ingest.json')

/** Figures of all calls that filled the archive. */
export function readIngest(home: string): readonly IngestFigures[] {
  return existsSync(figuresPath(home)) ? (JSON.parse(readFileSync(figuresPath(home), 'utf8')) as IngestFigures[]) : []
}

/** Adds up with what earlier calls wrote in transactions of the same size. */
export function addIngest(home: string, figures: IngestFigures): void {
  const earlier = readIngest(home)
  const same = earlier.find(({ transactionEvents }) => transactionEvents === figures.transactionEvents)
  const sum: IngestFigures = {
    transactionEvents: figures.transactionEvents,
    events: figures.events + (same?.events ?? 0),
    writeMs: figures.writeMs + (same?.writeMs ?? 0),
    processorMs: figures.processorMs + (same?.processorMs ?? 0),
    peakBytes: Math.max(figures.peakBytes, same?.peakBytes ?? 0),
  }
  writeFileSync(figuresPath(home), JSON.stringify([...earlier.filter((entry) => entry !== same), sum]))
}
