/** A stretch of a sentence about a query; `isQuoted` marks what stands, or could stand, in the search box. */
export interface ProblemPart {
  readonly text: string
  readonly isQuoted: boolean
}

/** A parser's message cut at its backticks, ended as a sentence. */
export function problemParts(message: string): readonly ProblemPart[] {
  const sentence = /[.?!]$/u.test(message) ? message : `${message}.`
  return sentence
    .split('`')
    .map((text, i) => ({ text, isQuoted: i % 2 === 1 }))
    .filter(({ text }) => text !== '')
}
