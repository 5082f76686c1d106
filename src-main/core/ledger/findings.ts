/** Where a check writes what it finds, one sentence each. */
export interface Findings {
  add(sentence: string): void
}

/** Findings of one kind beyond this are only counted: a broken page can touch thousands of events. */
const listedPerKind = 20

/** Collects findings; of each kind the first ones in full, then how many more there are. */
export function collectFindings(): Findings & { of(kind: string): Findings; sentences(): readonly string[] } {
  const kinds = new Map<string, { readonly listed: string[]; count: number }>()
  const of = (kind: string): Findings => ({
    add: (sentence) => {
      const found = kinds.get(kind) ?? { listed: [], count: 0 }
      kinds.set(kind, found)
      if (found.count++ < listedPerKind) found.listed.push(sentence)
    },
  })
  return {
    of,
    add: of('other').add,
    sentences: () =>
      [...kinds.entries()].flatMap(([kind, { listed, count }]) =>
        count > listed.length ? [...listed, `There are ${count - listed.length} more findings about ${kind}.`] : listed,
      ),
  }
}
