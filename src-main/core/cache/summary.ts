/**
 * Wordings of summaries. A wording is the summary with the names taken out that stand in the event's own columns:
 * `\u0001` where the actor's name was, `\u0002` the object's, `\u0003` the workspace's. A wording that begins with `\u0004` is the rest of
 * itself, word for word, whatever it holds.
 */
const verbatim = '\u0004'
const marks = ['\u0001', '\u0002', '\u0003'] as const
const anyMark = /[\u0001-\u0004]/

/** Takes the names out of a summary, each at the first place where it stands between spaces or at an end. */
export function templateOf(summary: string, actorName: string | null, objectName: string | null, workspaceName: string | null): string {
  if (anyMark.test(summary)) return verbatim + summary
  let template = summary
  const names = [actorName, objectName, workspaceName]
  names.forEach((name, at) => {
    const mark = marks[at]
    if (!name || mark === undefined || anyMark.test(name)) return
    const place = findWhole(template, name)
    if (place >= 0) template = template.slice(0, place) + mark + template.slice(place + name.length)
  })
  return template
}

/** A wording taken apart: text, the mark of a name, text, and so on; every other entry is a mark. */
export type Wording = readonly string[]

/** Takes a wording apart, so that many summaries can be made of it. */
export function wordingOf(template: string): Wording {
  return template.startsWith(verbatim) ? [template.slice(1)] : template.split(/([\u0001-\u0003])/)
}

/** The summary of a wording: the exact reverse of `templateOf` for the same names. */
export function summaryOf(wording: Wording, actorName: string | null, objectName: string | null, workspaceName: string | null): string {
  let summary = wording[0] ?? ''
  for (let at = 1; at < wording.length; at += 2) {
    const mark = wording[at]
    summary += ((mark === marks[0] ? actorName : mark === marks[1] ? objectName : workspaceName) ?? '') + (wording[at + 1] ?? '')
  }
  return summary
}

/** The same, of one wording once. */
export function restoreSummary(
  template: string,
  actorName: string | null,
  objectName: string | null,
  workspaceName: string | null,
): string {
  return summaryOf(wordingOf(template), actorName, objectName, workspaceName)
}

function findWhole(text: string, part: string): number {
  for (let from = 0; ;) {
    const at = text.indexOf(part, from)
    if (at < 0) return -1
    const end = at + part.length
    if ((at === 0 || text[at - 1] === ' ') && (end === text.length || text[end] === ' ')) return at
    from = at + 1
  }
}
