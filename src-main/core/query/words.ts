import type { HasFlag, QueryTree } from './tree.ts'
import { hasFlags } from './fields.ts'

/** A part of a query: what it means and how it reads in English. */
export interface Meaning {
  readonly tree: QueryTree
  readonly words: string
}

/** How a query without conditions reads. */
export const everything: Meaning = { tree: { kind: 'all' }, words: 'all events' }

/** All of the parts hold. */
export function allOf(parts: readonly Meaning[]): Meaning {
  const real = parts.filter((part) => part.tree.kind !== 'all')
  const [only] = real
  if (only === undefined) return everything
  if (real.length === 1) return only
  return { tree: { kind: 'and', parts: real.map((part) => part.tree) }, words: real.map((part) => bracketed(part, ['or'])).join(' and ') }
}

/** At least one of the parts holds. */
export function oneOf(parts: readonly Meaning[]): Meaning {
  const [only] = parts
  if (only === undefined || parts.some((part) => part.tree.kind === 'all')) return everything
  if (parts.length === 1) return only
  return {
    tree: { kind: 'or', parts: parts.map((part) => part.tree) },
    words: parts.map((part) => bracketed(part, ['or', 'and'])).join(' or '),
  }
}

/** The part does not hold. */
export function noneOf(part: Meaning): Meaning {
  return { tree: { kind: 'not', part: part.tree }, words: `not (${part.words})` }
}

/** `text contains “plan”` and the like. */
export function textWords(places: string, value: string): string {
  return `${places} contains ${phrase(value)}`
}

/** `verb is one of “delete”, “update”` and the like; `*` alone reads as present. */
export function fieldWords(noun: string, values: readonly string[]): string {
  if (values.some((value) => /^\*+$/.test(value))) return `${noun} is present`
  const verb = values.some((value) => value.includes('*')) ? 'matches' : 'is'
  return `${noun} ${verb} ${values.length > 1 ? 'one of ' : ''}${values.map(phrase).join(', ')}`
}

/** What `has:` asks for. */
export function hasWords(flag: HasFlag): string {
  return `the event ${hasFlags[flag]}`
}

function bracketed(part: Meaning, kinds: readonly QueryTree['kind'][]): string {
  return kinds.includes(part.tree.kind) ? `(${part.words})` : part.words
}

function phrase(value: string): string {
  return `“${value}”`
}
