import type { Actor, Subject } from '../../../../contract/model/audit-event.ts'
import type { Database } from '../../driver.ts'
import { createSharedTexts, ReadAhead, type SharedTexts, type Texts } from './read-ahead.ts'
import type { RowList } from './row-list.ts'
import type { Share } from './shared-places.ts'

/** Actors and objects in memory that the threads of an export share. */
export interface SharedNames {
  readonly actor: SharedTexts
  readonly object: SharedTexts
}

/** Most bytes of texts that are read ahead; what does not fit is read one by one. */
const actorBytes = 16 * 1024 * 1024
const objectBytes = 128 * 1024 * 1024

/** Room for the names of a list, at most `most` places of which are read ahead together by so many threads. */
export function createSharedNames({ actorCount, objectCount }: RowList, most: number, shares: number): SharedNames {
  return {
    actor: createSharedTexts({ count: actorCount, most, sizeBytes: actorBytes, shares }),
    object: createSharedTexts({ count: objectCount, most, sizeBytes: objectBytes, shares }),
  }
}

/** Actors and objects of a list of rows, part of the list by part. */
export class NamesAhead {
  readonly #list: RowList
  readonly actors: ReadAhead
  readonly objects: ReadAhead

  constructor(db: Database, list: RowList, shared: SharedNames, own: Share) {
    this.#list = list
    this.actors = new ReadAhead(db, 'actor', ['id', 'name', 'email', 'kind'], shared.actor, own)
    this.objects = new ReadAhead(db, 'subject', ['kind', 'id', 'name'], shared.object, own)
  }

  /** Reads this thread's share of the names that stand at places `from` to `to` (exclusive), and forgets those of other places. */
  read(from: number, to: number): void {
    const { rows, actor, object } = this.#list
    const part = rows.subarray(from, to)
    this.actors.read(actor, part)
    this.objects.read(object, part)
  }

  /** Brings the objects at places `from` to `to` (exclusive) near; actors are few. */
  touch(from: number, to: number): void {
    this.objects.touch(this.#list.object, this.#list.rows.subarray(from, to))
  }

  actor(num: number): Actor | null {
    const [id, name, email, kind] = this.actors.texts(num) ?? none
    return kind == null ? null : { id: id ?? null, name: name ?? null, email: email ?? null, kind }
  }

  object(num: number): Subject | null {
    const [kind, id, name] = this.objects.texts(num) ?? none
    return kind == null ? null : { kind, id: id ?? null, name: name ?? null }
  }
}

const none: Texts = []
