import type { Outcome, ReviewStatus, Verb } from '../../../../contract/model/audit-event.ts'

/** Outcomes by their number in the event table. */
export const outcomeNames: readonly Outcome[] = ['unknown', 'success', 'failure']

/** Review statuses by their number in the mark table. */
export const statusNames: readonly ReviewStatus[] = ['unreviewed', 'reviewed', 'follow-up']

/** What an unmapped record shows where a readable one has its own words. */
export const unmappedWords: { readonly action: string; readonly verb: Verb; readonly summary: string } = {
  action: 'unmapped',
  verb: 'other',
  summary: 'Unreadable record',
}
