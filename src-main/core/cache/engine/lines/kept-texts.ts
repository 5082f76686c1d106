import { keyPrefix } from '../../identity.ts'
import { outcomeNames } from '../dictionaries/names.ts'
import type { Frame, LineParts } from '../../../export/lines.ts'
import type { LineBytes } from '../../../export/line-bytes.ts'
import type { RowBuilder } from '../rows/rows.ts'

/** Longer ones are not kept. */
const maxTextChars = 4_096
/** A wording has few parts; each name stands in it at most once. */
const maxParts = 8

/** The marks of a wording as `laySummary` takes them. */
const nameMarks: Readonly<Record<string, number>> = { '\u0001': 1, '\u0002': 2, '\u0003': 3 }

/** A frame as places; that of what is put before the first text, after which the others lie. */
interface KeptFrame {
  readonly none: number
  readonly texts: number
}

/** What lines share, as places of texts that are kept where lines are made. By number of a dictionary; null: too long, or there is no such number. */
export class KeptTexts {
  readonly begin: number
  readonly beforeTime: number
  readonly beforeOriginal: number
  readonly afterHash: number
  readonly end: number
  readonly actor: KeptFrame
  readonly object: KeptFrame
  readonly connection
  readonly collected
  readonly action
  /** `at`: its cells or fields; `name`: its name alone, 0 if it has none. */
  readonly workspace
  readonly related
  readonly outcome
  readonly revision
  readonly wording

  constructor(bytes: LineBytes, parts: LineParts, builder: RowBuilder) {
    const keep = (text: string): number => bytes.keep(text)
    const keepShort = (text: string | null): number | null => (text === null || text.length > maxTextChars ? null : keep(text))
    const keepFrame = ({ none, before, end }: Frame): KeptFrame => {
      const [texts = 0] = [...before, end].map(keep)
      return { none: keep(none), texts }
    }
    this.begin = keep(parts.begin)
    this.beforeTime = keep(parts.beforeTime)
    this.beforeOriginal = keep(parts.beforeOriginal)
    this.afterHash = keep(parts.afterHash)
    this.end = keep(parts.end)
    this.actor = keepFrame(parts.actor)
    this.object = keepFrame(parts.object)
    this.connection = remembered((num) => {
      const connection = builder.connection(num)
      const at = connection === null ? null : keepShort(parts.connection(connection))
      const prefix = connection === null ? null : keepShort(keyPrefix(connection.id))
      return connection === null || at === null || prefix === null ? null : { ...connection, at, prefix }
    })
    this.collected = remembered((num) => keepShort(parts.collected(builder.receivedAt(num))))
    this.action = remembered((num) => {
      const action = builder.action(num)
      return action === null ? null : keepShort(parts.action(action))
    })
    this.workspace = remembered((num) => {
      const workspace = builder.subject(num)
      const at = keepShort(parts.workspace(workspace))
      const name = workspace === null || workspace.name === null ? 0 : keepShort(workspace.name)
      return at === null || name === null ? null : { at, name }
    })
    this.related = remembered((num) => keepShort(parts.related(builder.related(num) ?? [])))
    this.outcome = remembered((num) => keepShort(parts.outcome(outcomeNames[num] ?? 'unknown')))
    this.revision = remembered((num) => keepShort(parts.revision(num)))
    this.wording = remembered((num) => {
      const wording = builder.wording(num)
      if (wording === null || wording.length > maxParts || wording.join('').length > maxTextChars) return null
      return bytes.keepNumbers(wording.map((text, i) => (i % 2 === 0 ? keep(text) : (nameMarks[text] ?? keep(text)))))
    })
  }
}

/** Numbers looked up last are found without hashing, a power of two. */
const nearSlots = 16_384

/** Makes what a number stands for once. */
function remembered<Value>(make: (num: number) => Value): (num: number) => Value {
  const known = new Map<number, Value>()
  const nearNumbers = new Int32Array(nearSlots).fill(-1)
  const nearValues: Value[] = []
  return (num) => {
    const slot = num & (nearSlots - 1)
    if (nearNumbers[slot] === num) return nearValues[slot] as Value
    let value = known.get(num)
    if (value === undefined) known.set(num, (value = make(num)))
    nearNumbers[slot] = num
    nearValues[slot] = value
    return value
  }
}
