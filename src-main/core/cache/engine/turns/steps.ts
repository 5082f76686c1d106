/** Takes steps to their end and returns what they come to; `breathe` is awaited between them. */
export async function inSteps<Value>(steps: Generator<void, Value>, breathe: () => Promise<void>): Promise<Value> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await breathe()
  }
}

/** The same at once. */
export function ended<Value>(steps: Generator<void, Value>): Value {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
