import { initialSchema } from './0010-initial.ts'
import { lackingNames } from './0020-lacking-names.ts'
import { keysOfNames } from './0030-keys-of-names.ts'
import { inOneGo, type Migration } from './migration.ts'

/** All steps, in order. */
export const migrations: readonly Migration[] = [
  { version: 10, title: 'First schema', part: inOneGo(initialSchema) },
  { version: 20, title: 'Names that are looked up later', part: inOneGo(lackingNames) },
  ...keysOfNames,
]
