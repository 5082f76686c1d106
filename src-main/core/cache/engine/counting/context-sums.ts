import type { Contexts } from '../columns/contexts.ts'

/** Counts by context summed up by each of what makes a context. */
export interface ContextSums {
  readonly connection: readonly number[]
  /** By place among the workspaces. */
  readonly workspace: Uint32Array
  readonly action: readonly number[]
  readonly outcome: readonly number[]
  /** By the kind's number plus one; of 0: events without an object. */
  readonly kind: readonly number[]
}

/** Sums up counts by context, in one go for all facets that contexts decide. */
export function sumContexts(counts: Uint32Array, contexts: Contexts): ContextSums {
  const connection: number[] = []
  const workspace = new Uint32Array(contexts.workspaces.length)
  const action: number[] = []
  const outcome: number[] = []
  const kind: number[] = []
  for (let context = 0; context < contexts.count; context++) {
    const count = counts[context] ?? 0
    if (count === 0) continue
    const place = contexts.workspacePlace.at(context)
    workspace[place] = (workspace[place] as number) + count
    addTo(connection, contexts.connection.at(context), count)
    addTo(action, contexts.action.at(context), count)
    addTo(outcome, contexts.outcome.at(context), count)
    addTo(kind, contexts.kind.at(context), count)
  }
  return { connection, workspace, action, outcome, kind }
}

/** Numbers are few and small, so that sums are an array without holes. */
function addTo(sums: number[], number: number, count: number): void {
  while (sums.length <= number) sums.push(0)
  sums[number] = (sums[number] as number) + count
}
