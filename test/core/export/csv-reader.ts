/** Reads CSV after RFC 4180, character by character; throws on anything the RFC does not allow. */
export function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const row: string[] = []
    rows.push(row)
    for (;;) {
      row.push(text[at] === '"' ? quoted() : plain())
      if (text[at] === ',') at++
      else break
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`no CRLF at ${at}`)
    at += 2
  }
  return rows

  function quoted(): string {
    let value = ''
    for (at++; ; at++) {
      if (at >= text.length) throw new Error('open quote')
      if (text[at] !== '"') value += text.charAt(at)
      else if (text[at + 1] === '"') value += text.charAt(at++)
      else break
    }
    at++
    return value
  }

  function plain(): string {
    const start = at
    while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
      if (text[at] === '"' || text[at] === '\n') throw new Error(`a bare ${text[at] ?? ''} at ${at}`)
      at++
    }
    return text.slice(start, at)
  }
}
