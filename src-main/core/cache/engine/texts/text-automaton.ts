import { escape as symbolEscape, type SymbolTable } from './symbol-table.ts'
import { endOfEntry } from './text-bytes.ts'

/** Longer texts are looked for by their beginning: what a search goes by should lie in the processor's nearest memory. */
export const longestNeedleBytes = 62
/** Bytes of one state: two for each byte that may come. */
const stateBytes = 512
/** Bytes of the largest automaton. */
export const mostAutomatonBytes = 2 * longestNeedleBytes * stateBytes
/** Stands for the next state where the text was found. */
const found = 1
/** Bytes of a set of bytes: by their lower half, a bit for each upper half. */
const setBytes = 32
/** Bytes of an automaton's sets. */
export const setsBytes = 3 * setBytes
/** No byte: texts written as they are have no escape. */
const noEscape = 256

/** How a text is looked for in what is written in one way. */
export interface Automaton {
  /** For each state and each byte the next state, as the place where it begins, in bytes, plus one where the text was found. */
  readonly next: Uint16Array
  /** Bytes that hold all of the text, that hold its beginning, and that may follow such a one, as sets of 32 bytes. */
  readonly sets: Uint8Array
  /** The byte behind this one stands for itself. */
  readonly escape: number
}

/**
 * What to look for as a search goes by it, byte by byte of texts as they are written: how much of the needle stands right before, after
 * Knuth, Morris and Pratt, with the bytes of a symbol taken at once; and which bytes are worth asking that for.
 *
 * `needle`: 1 to 62 bytes; it may begin or end with the byte that ends entries. `table`: null for texts written as they are.
 */
export function automatonOf(needle: Uint8Array, table: SymbolTable | null): Automaton {
  const states = needle.length
  const steps = stepsOf(needle)
  const escape = table === null ? noEscape : symbolEscape
  const next = new Uint16Array(states * 2 * 256)
  const expansions = Array.from({ length: 256 }, (_, code) =>
    table === null || code === endOfEntry ? Uint8Array.of(code) : table.expansion(code),
  )
  for (let state = 0; state < states; state++) {
    for (let code = 0; code < 256; code++) {
      // Behind an escape a byte stands for itself: each state has a second one for that.
      next[(states + state) * 256 + code] = placeOf(steps[state * 256 + code] as number, states)
      if (code === escape) next[state * 256 + code] = (states + state) * stateBytes
      else next[state * 256 + code] = placeOf(after(state, expansions[code] as Uint8Array, steps, states), states)
    }
  }
  return { next, sets: setsOf(needle, expansions, escape), escape }
}

/** The state after some bytes; `states`: the needle was found in them. */
function after(state: number, bytes: Uint8Array, steps: Uint16Array, states: number): number {
  for (const byte of bytes) {
    state = steps[state * 256 + byte] as number
    if (state === states) break
  }
  return state
}

const placeOf = (state: number, states: number): number => (state === states ? found : state * stateBytes)

function setsOf(needle: Uint8Array, expansions: readonly Uint8Array[], escape: number): Uint8Array {
  const sets = new Uint8Array(setsBytes)
  const add = (set: number, code: number): void => {
    const at = set * setBytes + (code & 15) + (code >> 7) * 16
    sets[at] = (sets[at] as number) | (1 << ((code >> 4) & 7))
  }
  const buffer = Buffer.from(needle)
  // By how many bytes of the needle some byte ends with: it can go on behind so many.
  const begun = new Set<number>()
  expansions.forEach((bytes, code) => {
    if (bytes.length === 0) return
    if (Buffer.from(bytes).includes(buffer)) add(0, code)
    for (let length = 1; length < needle.length && length <= bytes.length; length++) {
      if (!buffer.subarray(0, length).equals(bytes.subarray(bytes.length - length))) continue
      begun.add(length)
      add(1, code)
    }
  })
  if (escape !== noEscape) {
    // The beginning may stand behind an escape, and so may what follows.
    add(1, escape)
    add(2, escape)
    add(2, needle[0] as number)
  }
  expansions.forEach((bytes, code) => {
    for (const length of begun) {
      const shared = Math.min(bytes.length, needle.length - length)
      if (shared > 0 && buffer.subarray(length, length + shared).equals(bytes.subarray(0, shared))) add(2, code)
    }
  })
  return sets
}

/** By state, which is how many bytes of the needle stand before, and byte: the state after it. */
function stepsOf(needle: Uint8Array): Uint16Array {
  const steps = new Uint16Array(needle.length * 256)
  steps[needle[0] as number] = 1
  // The state that all but the first of the bytes before lead to.
  let shorter = 0
  for (let state = 1; state < needle.length; state++) {
    steps.copyWithin(state * 256, shorter * 256, shorter * 256 + 256)
    const byte = needle[state] as number
    shorter = steps[shorter * 256 + byte] as number
    steps[state * 256 + byte] = state + 1
  }
  return steps
}
