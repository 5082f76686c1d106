import type { ByteSink, ExportedEvent } from './writer.ts'

/** Enough for an efficient write, far below what one string may hold however large the payloads are. */
export const flushChars = 2_000_000

/** Writes the text of each event, in pieces of a few megabytes. */
export async function writeText(
  batch: readonly ExportedEvent[],
  textOf: (exported: ExportedEvent) => string,
  sink: ByteSink,
): Promise<void> {
  let text = ''
  for (const exported of batch) {
    text += textOf(exported)
    if (text.length < flushChars) continue
    await sink(Buffer.from(text))
    text = ''
  }
  if (text !== '') await sink(Buffer.from(text))
}
