import type { MatchField, QueryTree } from '../../../query/tree.ts'

/** A query of which a part is cheap to look for and may leave few rows, for which the rest is then tested one by one. */
export interface Narrowing {
  /** Answered by columns, without going through the texts of actors and objects. */
  readonly cheap: QueryTree
  readonly rest: QueryTree
}

/** Splits a query whose conditions all must hold; null when it is all of one kind. */
export function narrowingOf(tree: QueryTree): Narrowing | null {
  if (tree.kind !== 'and') return null
  const cheap = tree.parts.filter(isCheap)
  const rest = tree.parts.filter((part) => !isCheap(part))
  return cheap.length === 0 || rest.length === 0 ? null : { cheap: { kind: 'and', parts: cheap }, rest: { kind: 'and', parts: rest } }
}

type TimeSpan = Extract<QueryTree, { readonly kind: 'time' }>

/** The spans of time in all of which an event must lie to match. */
export function timesOf(tree: QueryTree): readonly TimeSpan[] {
  return partsOf(tree).filter((part) => part.kind === 'time')
}

/** The same query but for these. */
export function withoutTimes(tree: QueryTree): QueryTree {
  const parts = partsOf(tree).filter((part) => part.kind !== 'time')
  const [only] = parts
  return only === undefined ? { kind: 'all' } : parts.length === 1 ? only : { kind: 'and', parts }
}

const partsOf = (tree: QueryTree): readonly QueryTree[] => (tree.kind === 'and' ? tree.parts : [tree])

function isCheap(tree: QueryTree): boolean {
  switch (tree.kind) {
    case 'all':
    case 'has':
    case 'time':
      return true
    case 'and':
    case 'or':
      return tree.parts.every(isCheap)
    case 'not':
      return isCheap(tree.part)
    case 'text':
      return false
    case 'field':
      return columnFields.has(tree.field)
  }
}

const columnFields: ReadonlySet<MatchField> = new Set<MatchField>([
  'workspace',
  'service',
  'connection',
  'verb',
  'action',
  'outcome',
  'kind',
  'status',
  'tag',
])
