import type { ArchiveState } from '../archive-state.ts'

/** A folded wording in parts: text between names, and which name stands there. */
export type SummaryPart = { readonly text: string } | { readonly slot: 'actor' | 'object' | 'context' }

const slots = ['actor', 'object', 'context'] as const

/** The parts of a folded wording. One to be taken word for word is a single part. */
export function partsOf(template: string, isVerbatim: boolean): readonly SummaryPart[] {
  if (isVerbatim) return [{ text: template }]
  const parts: SummaryPart[] = []
  let start = 0
  for (let at = 0; at < template.length; at++) {
    const slot = slots[template.charCodeAt(at) - 1]
    if (slot === undefined) continue
    if (at > start) parts.push({ text: template.slice(start, at) })
    parts.push({ slot })
    start = at + 1
  }
  if (start < template.length) parts.push({ text: template.slice(start) })
  return parts
}

/** The folded summary of a row, its names put back. */
export function summaryOf({ columns, dictionaries }: ArchiveState, row: number): string {
  const number = columns.template[row] ?? 0
  const { actor, subject, contexts, template, verbatim } = dictionaries
  let summary = ''
  for (const part of partsOf(template.text(number) ?? '', verbatim.has(number))) {
    if ('text' in part) summary += part.text
    else if (part.slot === 'actor') summary += actor.name.text(columns.actor.at(row)) ?? ''
    else if (part.slot === 'object') summary += subject.name.text(columns.object.at(row)) ?? ''
    else summary += subject.name.text(contexts.workspace.at(columns.context.at(row))) ?? ''
  }
  return summary
}
