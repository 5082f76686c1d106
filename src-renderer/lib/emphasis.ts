import type { AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import { visibleText } from './visible-text.ts'

/** A stretch of an event's sentence; `role` says what the words name. */
export interface SentencePart {
  readonly text: string
  readonly role: 'plain' | 'actor' | 'object' | 'workspace'
}

/** The summary cut at the first mention of actor, object and workspace, ready to be shown as text. */
export function sentenceParts(event: AuditEvent): readonly SentencePart[] {
  const names = [
    { role: 'actor', name: event.actor?.name ?? event.actor?.email },
    { role: 'object', name: event.object?.name ?? event.object?.id },
    { role: 'workspace', name: event.workspace?.name },
  ] as const
  let parts: readonly SentencePart[] = [{ text: event.summary, role: 'plain' }]
  for (const { role, name } of names) if (name) parts = cutOnce(parts, name, role)
  return parts.map((part) => ({ ...part, text: visibleText(part.text) }))
}

function cutOnce(parts: readonly SentencePart[], name: string, role: SentencePart['role']): readonly SentencePart[] {
  const index = parts.findIndex((part) => part.role === 'plain' && part.text.includes(name))
  const part = parts[index]
  if (part === undefined) return parts
  const start = part.text.indexOf(name)
  const cut: readonly SentencePart[] = [
    { text: part.text.slice(0, start), role: 'plain' },
    { text: name, role },
    { text: part.text.slice(start + name.length), role: 'plain' },
  ]
  return [...parts.slice(0, index), ...cut.filter((piece) => piece.text !== ''), ...parts.slice(index + 1)]
}
