import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** How fast a stretch of an archive was written. */
export interface IngestFigures {
  readonly pageSize: number
  readonly events: number
  readonly writeMs: number
  readonly processorMs: number
  readonly longestGroupMs: number
  readonly residentBytes: number
}

const figuresPath = (home: string): string => join(home, 'ingest.json')

/** Figures of all calls that filled the archive. */
export function readIngest(home: string): readonly IngestFigures[] {
  return existsSync(figuresPath(home)) ? (JSON.parse(readFileSync(figuresPath(home), 'utf8')) as IngestFigures[]) : []
}

export function addIngest(home: string, figures: IngestFigures): void {
  writeFileSync(figuresPath(home), JSON.stringify([...readIngest(home), figures]))
}
