import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { ErrorData } from '../contract/errors.ts'
import { visible } from './visible.ts'

/** Where a command writes: results on standard output, everything else on standard error. */
export interface Output {
  readonly isJson: boolean
  /** One JSON document (pretty for people is the caller's text; JSON is one line). */
  json(value: unknown): Promise<void>
  /** A line of text for people; control characters are made visible. */
  line(text: string): Promise<void>
  /** Bytes exactly as given. */
  bytes(bytes: Uint8Array): Promise<void>
  /** Rows in aligned columns; the last column is not padded. */
  table(rows: readonly (readonly string[])[]): Promise<void>
  /** A diagnostic on standard error. */
  note(text: string): void
  /** Progress: overwritten in place on a terminal, left out otherwise. */
  progress(text: string): void
  /** What went wrong, one sentence or one a line; as JSON too where that was asked for. */
  error(error: Pick<ErrorData, 'code' | 'message'>): void
}

/** `interrupt`: ends the wait for a reader that takes no more, with its reason. */
export function createOutput(
  isJson: boolean,
  stdout: Writable,
  stderr: Writable & { readonly isTTY?: boolean },
  interrupt: AbortSignal,
): Output {
  let hasProgress = false
  const clearProgress = () => {
    if (hasProgress) stderr.write('\r\u001b[K')
    hasProgress = false
  }
  const write = async (chunk: string | Uint8Array) => {
    // What is said after an interrupt is little, and waits for nobody.
    if (stdout.write(chunk) || interrupt.aborted) return
    await once(stdout, 'drain', { signal: interrupt }).catch((error: unknown) => {
      interrupt.throwIfAborted()
      throw error
    })
  }
  const line = (text: string) => write(`${visible(text)}\n`)
  return {
    isJson,
    json: (value) => write(`${JSON.stringify(value)}\n`),
    line,
    bytes: write,
    async table(rows) {
      const widths = columnWidths(rows)
      for (const row of rows) {
        await line(row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '))
      }
    },
    note(text) {
      clearProgress()
      stderr.write(`${visible(text)}\n`)
    },
    progress(text) {
      if (stderr.isTTY !== true) return
      clearProgress()
      stderr.write(visible(text))
      hasProgress = true
    },
    error({ code, message }) {
      clearProgress()
      for (const sentence of message.split('\n')) stderr.write(`${visible(sentence)}\n`)
      if (isJson) stderr.write(`${JSON.stringify({ error: { code, message } })}\n`)
    },
  }
}

function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, visible(cell).length)))
  return widths
}
