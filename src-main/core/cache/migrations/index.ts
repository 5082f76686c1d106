import { initialSchema } from './0010-initial.ts'
import { lackingNames } from './0020-lacking-names.ts'

/** One step of the schema, in one transaction. Numbers grow in tens; a released migration never changes. */
export interface Migration {
  readonly version: number
  readonly title: string
  readonly sql: string
}

export const migrations: readonly Migration[] = [
  { version: 10, title: 'First schema', sql: initialSchema },
  { version: 20, title: 'Names that are looked up later', sql: lackingNames },
]
