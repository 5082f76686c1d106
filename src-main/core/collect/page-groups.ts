import type { WalkPage } from '../connectors/define.ts'

/** A group is full at this many records or pages: that much has to be fetched again after a kill. */
const fullRecords = 1000
const fullPages = 16

/**
 * The pages of a walk in small groups, so that names are looked up, and records stored, many at once: first one page, so that something shows soon, then twice as many each time.
 * While a group is worked on, the next page is fetched already. What came before an error is handed out before the error is thrown.
 */
export async function* groups(walk: AsyncGenerator<WalkPage, void, void>): AsyncGenerator<readonly WalkPage[], void, void> {
  let next = pull(walk)
  for (let mostPages = 1; ; mostPages = Math.min(fullPages, mostPages * 2)) {
    const group: WalkPage[] = []
    let records = 0
    let failure: { readonly error: unknown } | null = null
    let isDone = false
    while (!isDone && failure === null && group.length < mostPages && records < fullRecords) {
      try {
        const step = await next
        if (step.done === true) isDone = true
        else {
          group.push(step.value)
          records += step.value.records.length
          next = pull(walk)
        }
      } catch (error) {
        failure = { error }
      }
    }
    if (group.length > 0) yield group
    if (failure !== null) throw failure.error
    if (isDone) return
  }
}

function pull(walk: AsyncGenerator<WalkPage, void, void>): Promise<IteratorResult<WalkPage, void>> {
  const next = walk.next()
  // It may fail while the group before it is still being stored; whoever awaits it hears of it then.
  next.catch(() => undefined)
  return next
}
