import { fold } from '../../../lib/fold.ts'
import type { Database } from '../../driver.ts'
import { Contexts } from '../columns/contexts.ts'
import { Actors, Interner, Subjects } from './entries.ts'
import { unmappedWords } from './names.ts'
import { TextColumn } from '../texts/text-column.ts'
import { TextMemory } from '../texts/text-memory.ts'

/** Connections by number. There are few, so they are kept as they are. */
export interface ConnectionEntry {
  readonly num: number
  readonly id: string
  readonly service: string
  readonly name: string
}

/**
 * The archive's dictionaries in memory, folded for search: number n here is row n of the table.
 * They only ever grow, but for connections, which are read anew whenever something was committed.
 */
export class Dictionaries {
  readonly #texts = new TextMemory()
  /** Kinds of actors, objects and workspaces, as written. */
  readonly kinds = new Interner()
  readonly actor = new Actors(this.kinds, this.#texts)
  /** Objects and workspaces. */
  readonly subject = new Subjects(this.kinds, this.#texts)
  readonly action = {
    action: new TextColumn(this.#texts, fold(unmappedWords.action)),
    verb: new TextColumn(this.#texts, unmappedWords.verb),
  }
  readonly template = new TextColumn(this.#texts, fold(unmappedWords.summary))
  /** Templates that hold no marks, only text that looks like them. */
  readonly verbatim = new Set<number>()
  readonly contexts = new Contexts(this.kinds)
  connections: ReadonlyMap<number, ConnectionEntry> = new Map()

  readonly #folded = new Map<string, string>()

  /** Folded form of one of the few texts that are compared again and again: kinds, tags, names of connections. */
  folded(text: string): string {
    let folded = this.#folded.get(text)
    if (folded === undefined) this.#folded.set(text, (folded = fold(text)))
    return folded
  }

  get foldedKinds(): readonly string[] {
    return this.kinds.texts.map((kind) => this.folded(kind))
  }

  /** Entries of each dictionary, number 0 included. */
  get counts(): { readonly actor: number; readonly object: number; readonly context: number; readonly template: number } {
    return { actor: this.actor.count, object: this.subject.count, context: this.contexts.count, template: this.template.count }
  }

  /** Reads what was added to the tables since the last call. To be called within the transaction that reads the events. */
  catchUp(db: Database): void {
    this.connections = new Map(
      db
        .prepare<[], ConnectionEntry>('SELECT num, id, service, name FROM connection')
        .all()
        .map((row) => [row.num, row]),
    )
    const { actor, subject } = this
    for (const [num, connection, kind, id, name, email] of newRows<ActorRow>(
      db,
      'SELECT num, connection, kind, id, name, email FROM actor',
      actor.count,
    )) {
      actor.add(num, connection, kind, [foldFast(id), foldFast(name), foldFast(email)])
    }
    for (const [num, connection, kind, id, name] of newRows<SubjectRow>(
      db,
      'SELECT num, connection, kind, id, name FROM subject',
      subject.count,
    )) {
      subject.add(num, connection, kind, [foldFast(id), foldFast(name)])
    }
    for (const row of newRows<ActionRow>(db, 'SELECT num, action, verb FROM action', this.action.action.count)) this.#addAction(row)
    for (const row of newRows<TemplateRow>(db, 'SELECT num, text FROM template', this.template.count)) this.#addTemplate(row)
  }

  #addAction([num, action, verb]: ActionRow): void {
    pushAt(this.action.action, num, foldFast(action))
    pushAt(this.action.verb, num, verb)
  }

  #addTemplate([num, text]: TemplateRow): void {
    const isVerbatim = text.startsWith(verbatimMark)
    if (isVerbatim) this.verbatim.add(num)
    pushAt(this.template, num, foldFast(isVerbatim ? text.slice(1) : text))
  }
}

/** First character of a wording that is to be taken word for word. */
const verbatimMark = '\u0004'

type ActorRow = [num: number, connection: number, kind: string, id: string | null, name: string | null, email: string | null]
type SubjectRow = [num: number, connection: number, kind: string, id: string | null, name: string | null]
type ActionRow = [num: number, action: string, verb: string]
type TemplateRow = [num: number, text: string]

function newRows<Row>(db: Database, select: string, from: number): IterableIterator<Row> {
  return db.prepare<[number], Row>(`${select} WHERE num >= ? ORDER BY num`).raw().iterate(from)
}

/** Numbers that no row has hold nothing. */
function pushAt(column: TextColumn, number: number, folded: string | null): void {
  while (column.count < number) column.push(null)
  column.push(folded)
}

const plainAscii = /^[\0-\x7f]*$/

/** `fold`, with a short way for plain letters. */
function foldFast(text: string | null): string | null {
  if (text === null) return null
  return plainAscii.test(text) ? text.toLowerCase() : fold(text)
}
