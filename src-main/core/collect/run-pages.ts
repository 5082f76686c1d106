import type { ArchiveWriter, CoverageClaim, PageOutcome, PageRecord } from '../cache/archive.ts'
import type { NameFact, ServiceClient } from '../connectors/define.ts'
import type { PreparedPage } from '../connectors/runtime/pull.ts'
import type { Clock } from '../ports.ts'
import type { RunTally } from './run-counts.ts'
import type { RunMemory } from './run-memory.ts'
import { encodePoint, type StreamPoint } from './stream-point.ts'

export interface RunPagesOptions {
  readonly writer: Pick<ArchiveWriter, 'commitPage'>
  readonly clock: Clock
  readonly client: ServiceClient
  readonly tally: RunTally
  readonly memory: RunMemory
  readonly runId: string
  readonly connection: string
  readonly stream: string
  readonly scope: string
}

/** The pages of one stream of one run on their way into the archive, counted. */
export class RunPages {
  readonly #options: RunPagesOptions
  #requestsTold: number
  #point: StreamPoint

  /** `point`: the one the archive keeps now. */
  constructor(options: RunPagesOptions, point: StreamPoint) {
    this.#options = options
    this.#point = point
    this.#requestsTold = options.client.requestCount
  }

  /** Stores what so many pages of the service hold, with the resume point after them. Rejects with the archive's error; then nothing of it is stored. */
  async store(page: PreparedPage, point: StreamPoint, pageCount: number): Promise<void> {
    const { tally } = this.#options
    const { fresh, differing } = tally.sort(page.records)
    tally.add(await this.#commit(fresh, page.names, point, null))
    if (differing.length > 0) tally.addDiffering(await this.#commit(differing, [], point, null))
    tally.endPages(pageCount)
  }

  /** Calls a span complete, or looks for what is gone from it; null: neither. `point`: what is kept from now on; by default what was kept last. */
  async claim(claim: CoverageClaim | null, point: StreamPoint = this.#point): Promise<void> {
    this.#options.tally.add(await this.#commit([], [], point, claim))
  }

  async #commit(
    records: readonly PageRecord[],
    names: readonly NameFact[],
    point: StreamPoint,
    claim: CoverageClaim | null,
  ): Promise<PageOutcome> {
    const { writer, clock, client, memory, runId, connection, stream, scope } = this.#options
    const requests = client.requestCount - this.#requestsTold
    this.#requestsTold = client.requestCount
    const outcome = await writer.commitPage({
      runId,
      connection,
      stream,
      scope,
      receivedAt: new Date(clock.now()).toISOString(),
      records,
      names,
      resume: encodePoint(point),
      memory: memory.toRecord(),
      requests,
      claim,
    })
    this.#point = point
    return outcome
  }
}
