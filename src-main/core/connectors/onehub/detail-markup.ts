import { decodeEntities, tokens, withoutTags, type Token } from './markup.ts'

/** A thing that the sentence of an event names. */
export interface NamedObject {
  readonly kind: string
  readonly id: string | null
  readonly name: string | null
}

/** What Onehub's sentence about an event says. */
export interface Detail {
  readonly subject: string | null
  /** The service's own verb: viewed, uploaded… */
  readonly predicate: string | null
  /** In the order of the sentence. */
  readonly objects: readonly NamedObject[]
  /** The whole sentence without markup. */
  readonly text: string
}

/** Kinds that are known by the word behind a name that carries no link. */
const kindWords = new Set([
  'file',
  'folder',
  'workspace',
  'user',
  'group',
  'comment',
  'message',
  'task',
  'link',
  'page',
  'invitation',
  'role',
])

/** Kinds by the collection in a link's path. */
const kindByCollection: ReadonlyMap<string, string> = new Map([
  ['files', 'file'],
  ['folders', 'folder'],
  ['workspaces', 'workspace'],
])

const partTags = new Set(['subject', 'predicate', 'object', 'complement', 'a'])

interface ObjectDraft {
  href: string | null
  /** Markup inside the link, and inside the object but outside the link. */
  linked: string
  loose: string
}

/**
 * Reads `<subject>Ann</subject> <predicate>viewed</predicate> the <object><a href="/workspaces/1/files/2">x.png</a> File</object> …` leniently:
 * any order, unknown tags skipped, unclosed ones closed by the next part. Never throws.
 */
export function parseDetail(markup: string): Detail {
  const texts = { subject: '', predicate: '' }
  const drafts: ObjectDraft[] = []
  let part: string | null = null
  let isLinked = false
  let text = ''
  let isBoundary = false

  for (const token of tokens(markup)) {
    if (token.kind !== 'text') {
      if (!partTags.has(token.name)) continue
      isBoundary = true
      if (token.name === 'a') {
        isLinked = token.kind === 'open'
        const draft = part === 'object' ? drafts.at(-1) : undefined
        if (isLinked && draft !== undefined) draft.href ??= hrefOf(token)
        continue
      }
      part = token.kind === 'open' ? token.name : null
      isLinked = false
      if (token.kind === 'open' && token.name === 'object') drafts.push({ href: null, linked: '', loose: '' })
      continue
    }
    if (isBoundary && /[^\s(]$/.test(text) && /^[\p{L}\p{N}(&"']/u.test(token.text)) text += ' '
    isBoundary = false
    text += token.text
    const draft = drafts.at(-1)
    if (part === 'subject' || part === 'predicate') texts[part] += token.text
    else if (part === 'object' && draft !== undefined) draft[isLinked ? 'linked' : 'loose'] += token.text
  }
  return { subject: plain(texts.subject), predicate: plain(texts.predicate), objects: drafts.map(objectOf), text: plain(text) ?? '' }
}

/** Text as a reader sees it: anything that still reads as a tag is taken out first, entities are decoded once after that; null for a blank. */
function plain(markup: string): string | null {
  const text = decodeEntities(withoutTags(markup)).trim()
  return text === '' ? null : text
}

function hrefOf(token: Token): string | null {
  return token.kind === 'open' ? token.href : null
}

function objectOf(draft: ObjectDraft): NamedObject {
  const linked = plain(draft.linked)
  const loose = plain(draft.loose)
  const place = placeOf(draft.href)
  if (linked === null) {
    const found = /^(?:(.*\S)\s+)?(\S+)$/su.exec(loose ?? '')
    const word = found?.[2]?.toLowerCase() ?? ''
    if (kindWords.has(word)) return { kind: place?.kind ?? word, id: place?.id ?? null, name: found?.[1] ?? null }
    return { kind: place?.kind ?? 'object', id: place?.id ?? null, name: loose }
  }
  const word = loose?.split(/\s+/).at(-1)?.toLowerCase() ?? ''
  return { kind: place?.kind ?? (word === '' ? 'object' : word), id: place?.id ?? null, name: linked }
}

/** The last `/collection/id` of a link's path. `kind` null: a collection that is not known. */
function placeOf(href: string | null): { readonly kind: string | null; readonly id: string } | null {
  const path = (href ?? '').replace(/[?#].*$/s, '')
  const found = [...path.matchAll(/\/([a-z_]+)\/(\d{1,20})(?=$|[/.])/g)].at(-1)
  return found?.[2] === undefined ? null : { kind: kindByCollection.get(found[1] ?? '') ?? null, id: found[2] }
}
