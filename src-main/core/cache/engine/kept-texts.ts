import { outcomeNames } from './names.ts'
import type { Frame, LineParts } from '../../export/lines.ts'
import type { LineBytes } from '../../export/line-bytes.ts'
import type { RowBuilder } from './rows.ts'

/** Longer ones are not kept. */
const maxTextChars = 4_096
/** A wording has few parts; each name stands in it at most once. */
const maxParts = 8

/** A part of a wording: a place of a kept text, or whose name stands there. */
export type WordingPart = number | 'actor' | 'object' | 'workspace'

const nameMarks: Readonly<Record<string, WordingPart>> = { '\u0001': 'actor', '\u0002': 'object', '\u0003': 'workspace' }

/** A frame as places. */
export interface KeptFrame {
  readonly none: number
  readonly before: readonly number[]
  readonly end: number
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
  readonly workspace
  /** The workspace's name alone; 0: it has none. */
  readonly workspaceName
  readonly related
  readonly outcome
  readonly revision
  readonly wording

  constructor(bytes: LineBytes, parts: LineParts, builder: RowBuilder) {
    const keep = (text: string): number => bytes.keep(text)
    const keepShort = (text: string | null): number | null => (text === null || text.length > maxTextChars ? null : keep(text))
    const keepFrame = ({ none, before, end }: Frame): KeptFrame => ({ none: keep(none), before: before.map(keep), end: keep(end) })
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
      return connection === null || at === null ? null : { ...connection, at }
    })
    this.collected = remembered((num) => keepShort(parts.collected(builder.receivedAt(num))))
    this.action = remembered((num) => {
      const action = builder.action(num)
      return action === null ? null : keepShort(parts.action(action))
    })
    this.workspace = remembered((num) => keepShort(parts.workspace(builder.subject(num))))
    this.workspaceName = remembered((num) => {
      const name = builder.subject(num)?.name ?? null
      return name === null ? 0 : keepShort(name)
    })
    this.related = remembered((num) => keepShort(parts.related(builder.related(num) ?? [])))
    this.outcome = remembered((num) => keepShort(parts.outcome(outcomeNames[num] ?? 'unknown')))
    this.revision = remembered((num) => keepShort(parts.revision(num)))
    this.wording = remembered((num) => {
      const wording = builder.wording(num)
      if (wording === null || wording.length > maxParts || wording.join('').length > maxTextChars) return null
      return wording.map((text, i): WordingPart => (i % 2 === 0 ? keep(text) : (nameMarks[text] ?? keep(text))))
    })
  }
}

/** Makes what a number stands for once. */
function remembered<Value>(make: (num: number) => Value): (num: number) => Value {
  const known = new Map<number, Value>()
  return (num) => {
    let value = known.get(num)
    if (value === undefined) known.set(num, (value = make(num)))
    return value
  }
}
