/** A piece of markup. Text still has its entities; names of tags are in lower case. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open'; readonly name: string; readonly href: string | null }
  | { readonly kind: 'close'; readonly name: string }

/** A `<` that a browser would take for the start of a tag, a comment or a declaration. */
const tagStart = /<[a-z/!?]/gi

/** Cuts markup into text and tags. A tag that never closes takes the rest with it, as in a browser. */
export function* tokens(markup: string): Generator<Token, void, void> {
  let at = 0
  while (at < markup.length) {
    tagStart.lastIndex = at
    const from = tagStart.exec(markup)?.index ?? markup.length
    if (from > at) yield { kind: 'text', text: markup.slice(at, from) }
    if (from === markup.length) return
    const to = tagEnd(markup, from)
    const tag = tagOf(markup.slice(from, to))
    if (tag !== null) yield tag
    at = to
  }
}

/** Takes out everything that reads as a tag, also what only reads so once others are gone. */
export function withoutTags(markup: string): string {
  let text = markup
  for (;;) {
    let stripped = ''
    for (const token of tokens(text)) if (token.kind === 'text') stripped += token.text
    if (stripped === text) return text
    text = stripped
  }
}

/** Just past the end of the tag that starts at `from`: its `>`, or the next `<` where it is broken off. Quoted attributes may hold both. */
function tagEnd(markup: string, from: number): number {
  let quote = ''
  for (let at = from + 1; at < markup.length; at++) {
    const char = markup[at] ?? ''
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '>') return at + 1
    else if (char === '<') return at
    else if ((char === '"' || char === "'") && markup[at - 1] === '=') quote = char
  }
  // An attribute whose quote is never closed: the tag ends at its first bracket all the same.
  const end = quote === '' ? -1 : markup.indexOf('>', from)
  return end === -1 ? markup.length : end + 1
}

function tagOf(tag: string): Token | null {
  const found = /^<(\/?)([a-z][a-z0-9-]*)/i.exec(tag)
  if (found === null) return null
  const name = (found[2] ?? '').toLowerCase()
  if (found[1] === '/') return { kind: 'close', name }
  const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag)
  return { kind: 'open', name, href: href === null ? null : decodeEntities(href[1] ?? href[2] ?? href[3] ?? '') }
}

const namedEntities: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00A0',
    ndash: '–',
    mdash: '—',
    hellip: '…',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    copy: '©',
    reg: '®',
    trade: '™',
    euro: '€',
    middot: '·',
    bull: '•',
  }),
)

/** Decodes entities once; what is none stays as it is, numbers that are no character become U+FFFD. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,8})|#x([0-9a-f]{1,8})|([a-z]{2,8}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return namedEntities.get(name.toLowerCase()) ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    return isCharacter ? String.fromCodePoint(code) : '\uFFFD'
  })
}
