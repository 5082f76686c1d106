import type { Verb } from '../../../contract/model/audit-event.ts'

/** The words by which services call what we call one verb; the last one says it in a summary. */
const words: Readonly<Record<Verb, readonly string[]>> = {
  create: ['create', 'add', 'added', 'created'],
  read: ['read', 'view', 'show', 'preview', 'previewed', 'viewed'],
  update: ['update', 'edit', 'edited', 'change', 'changed', 'updated'],
  delete: ['delete', 'destroy', 'destroyed', 'remove', 'removed', 'trashed', 'deleted'],
  upload: ['upload', 'uploaded'],
  download: ['download', 'downloaded'],
  share: ['share', 'shared'],
  invite: ['invite', 'invited'],
  'sign-in': ['signin', 'sign in', 'login', 'logged in', 'signed in'],
  'sign-out': ['signout', 'sign out', 'logout', 'logged out', 'signed out'],
  start: ['start', 'started'],
  stop: ['stop', 'cancel', 'cancelled', 'stopped'],
  restart: ['restart', 'restarted'],
  crash: ['crash', 'crashed'],
  grant: ['grant', 'granted'],
  revoke: ['revoke', 'revoked'],
  join: ['join', 'joined'],
  leave: ['leave', 'left'],
  status: ['status'],
  execute: ['execute', 'run', 'ran', 'executed'],
  other: [],
}

const verbOfWord: ReadonlyMap<string, Verb> = new Map(
  Object.entries(words).flatMap(([verb, known]) => known.map((word): [string, Verb] => [word, verb as Verb])),
)

/** Our verb for a service's word, in whatever tense; null for a word that is not known. */
export function verbFor(word: string): Verb | null {
  return (
    verbOfWord.get(
      word
        .trim()
        .toLowerCase()
        .replace(/[\s_-]+/g, ' '),
    ) ?? null
  )
}

/** The verb in the past tense, or the service's own word where ours would say less. */
export function phraseOf(verb: Verb, action: string): string {
  return words[verb].at(-1) ?? action
}
