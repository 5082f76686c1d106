import { inputAt, inputBytes, type LineBytes } from '../../../export/line-bytes.ts'
import type { LineParts, Lines } from '../../../export/lines.ts'
import { KeptTexts } from './kept-texts.ts'
import type { NamesAhead } from './names-ahead.ts'
import type { NearBlocks } from './near-blocks.ts'
import { idOfEvent, type RowBuilder } from '../rows/rows.ts'
import type { StoredEvent } from '../rows/stored-events.ts'

/** Bytes of kept texts after which they are forgotten, and kept anew when needed. */
const maxKeptBytes = 16 * 1024 * 1024
const hashBytes = 32
const timeBytes = 24
/** Most bytes of an event's own texts, of its actor's and of its object's. */
const textsBytes = 8_192
const eventAt = inputAt
const actorAt = eventAt + textsBytes
const objectAt = actorAt + textsBytes
const summaryAt = objectAt + textsBytes
const summaryBytes = inputAt + inputBytes - summaryAt
/** Room for a line but for its payload: texts and summary, each byte of which may become six, and what is kept. */
const lineBytes = 600_000
/** The years 0 to 9999. */
const firstMs = Date.parse('0000-01-01T00:00:00.000Z')
const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Puts lines together of bytes without ever making their events: several times as fast. For what is common; a line of something out of the
 * ordinary, such as a record nobody could read or texts of many kilobytes, is left to others.
 */
export class QuickLines {
  readonly #bytes: LineBytes
  readonly #parts: LineParts
  readonly #builder: RowBuilder
  readonly #names: NamesAhead
  readonly #blocks: NearBlocks
  #kept: KeptTexts

  /** `bytes`: of which no other keeps texts. */
  constructor(bytes: LineBytes, parts: LineParts, builder: RowBuilder, names: NamesAhead, blocks: NearBlocks) {
    this.#bytes = bytes
    this.#parts = parts
    this.#builder = builder
    this.#names = names
    this.#blocks = blocks
    this.#kept = new KeptTexts(bytes, parts, builder)
  }

  /** Adds an event's line; false when it must be made another way, and nothing was added. */
  add(lines: Lines, event: StoredEvent): boolean {
    const { timeMs } = event
    const isOrdinary =
      timeMs !== null && timeMs >= firstMs && timeMs <= lastMs && event.externalIdBytes > 0 && event.textBytes <= textsBytes
    if (!isOrdinary) return false
    const blocks = this.#blocks
    if (!blocks.bring(event.block, event.slot)) return false
    const kept = this.#keptNow()
    const connection = kept.connection(event.connection)
    const collected = kept.collected(event.commit)
    const action = kept.action(event.action)
    const workspace = kept.workspace(event.workspace)
    const related = kept.related(event.related)
    const outcome = kept.outcome(event.outcome)
    const revision = kept.revision(event.revision)
    const wording = kept.wording(event.template)
    if (connection === null || collected === null || action === null || workspace === null || related === null) return false
    if (outcome === null || revision === null || wording === null) return false
    const { memory, putting } = this.#bytes
    const { textForm } = this.#parts
    if (event.actor !== 0 && !this.#names.actors.copyTexts(event.actor, memory, actorAt, textsBytes)) return false
    if (event.object !== 0 && !this.#names.objects.copyTexts(event.object, memory, objectAt, textsBytes)) return false
    event.bytes.copy(memory, eventAt, event.hashAt, event.hashAt + event.textBytes)
    const actor = event.actor === 0 ? 0 : actorAt
    const object = event.object === 0 ? 0 : objectAt
    const summarySize = putting.laySummary(summaryAt, summaryBytes, wording, actor, object, workspace.name)
    if (summarySize > summaryBytes) return false

    this.#bytes.reserve(lineBytes)
    putting.putKept(kept.begin)
    if (putting.putId(connection.prefix, eventAt + hashBytes, event.externalIdBytes) === 0)
      this.#bytes.addText(idOfEvent(connection.id, event.externalId, ''))
    putting.putKept(connection.at)
    putting.putText(eventAt + hashBytes, event.externalIdBytes, textForm)
    putting.putKept(kept.beforeTime)
    const timeAt = putting.end()
    putting.putTime(timeMs)
    putting.putKept(kept.beforeOriginal)
    if (event.timeOriginalBytes === null) putting.putText(timeAt, timeBytes, textForm)
    else putting.putText(eventAt + hashBytes + event.externalIdBytes, event.timeOriginalBytes, textForm)
    putting.putKept(collected)
    this.#putTexts(kept.actor, event.actor, actorAt, 4)
    putting.putKept(action)
    this.#putTexts(kept.object, event.object, objectAt, 3)
    putting.putKept(workspace.at)
    putting.putKept(related)
    putting.putKept(outcome)
    putting.putText(summaryAt, summarySize, textForm)
    putting.putKept(revision)
    putting.putHash(eventAt)
    putting.putKept(kept.afterHash)
    this.#parts.addPayload(this.#bytes, this.#bytes.memory, blocks.begin, blocks.end)
    this.#bytes.reserve(lineBytes)
    putting.putKept(kept.end)
    lines.count(connection.service, timeMs)
    return true
  }

  /** Places of texts that are kept; those of before are of no use after this. */
  #keptNow(): KeptTexts {
    if (this.#bytes.keptBytes > maxKeptBytes) {
      this.#bytes.forgetKept()
      this.#kept = new KeptTexts(this.#bytes, this.#parts, this.#builder)
    }
    return this.#kept
  }

  /** Puts what was laid out at a place for a number; 0 is none. */
  #putTexts({ none, texts }: KeptTexts['actor'], num: number, at: number, count: number): void {
    const { putting } = this.#bytes
    if (num === 0) putting.putKept(none)
    else putting.putTexts(at, count, texts, this.#parts.textForm)
  }
}
