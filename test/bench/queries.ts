/** A kind of query, and queries of it that differ in what they look for. */
export interface QueryKind {
  readonly name: string
  readonly texts: readonly string[]
}

/** Kinds of queries over the synthetic events, from rare to very common. */
export function queriesOf(total: number): readonly QueryKind[] {
  const many = (count: number, textOf: (i: number) => string): readonly string[] => Array.from({ length: count }, (_, i) => textOf(i))
  const object = (i: number): number => Math.floor(((i * 0.618034) % 1) ** 2 * Math.max(1_000, total / 4))
  const months = many(24, (i) => `on:${2022 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`)
  return [
    { name: 'all', texts: [''] },
    {
      name: 'one filter',
      texts: [
        ...many(20, (i) => `actor:u-${i * i * 37}`),
        ...many(20, (i) => `workspace:w-${i * 11}`),
        ...many(20, (i) => `object:f-${object(i)}`),
        'verb:read',
        'verb:delete',
        'service:lytics',
        'outcome:failure',
        'kind:file',
        'connection:bench-oksky',
      ],
    },
    { name: 'time range', texts: months },
    {
      name: 'common text',
      texts: ['e', 'a', 'ada', 'viewed', 'pdf', 'finance', 'report', '.pdf', 'in', 'love', 'downl', 'lac', 'user', 'file', 'berl'],
    },
    {
      name: 'fragment, medium',
      texts: many(
        40,
        (i) =>
          ['ngton', 'opper', 'turi', 'rfman', 'rlin', 'ga', 'ota', 'edu', 'sche', 'minu'][i % 10] + (i < 10 ? '' : ` ${'abcd'[i % 4]}`),
      ),
    },
    { name: 'rare text', texts: many(40, (i) => `-${object(i)}.pdf`).map((text) => `"${text}"`) },
    { name: 'no match', texts: many(10, (i) => `zzq${i}`) },
    {
      name: 'two words',
      texts: ['ada report', 'lovelace budget', 'viewed finance', 'hopper legal', 'pdf berlin', 'turing quote', 'shared memo'],
    },
    { name: 'phrase', texts: ['"lovelace viewed"', '"viewed report"', '"pdf in finance"', '"ada lovelace viewed report"', '"in legal 1"'] },
    { name: 'text + time', texts: months.map((month, i) => `${['ada', 'report', 'legal', 'hopper'][i % 4]} ${month}`) },
    { name: 'workspace + verb', texts: many(30, (i) => `workspace:w-${i * 29} verb:${['read', 'delete', 'share'][i % 3]}`) },
    { name: 'text + workspace', texts: many(30, (i) => `${['ada', 'quote', 'hopper'][i % 3]} workspace:w-${i * 17}`) },
    {
      name: 'four conditions',
      texts: many(30, (i) => `(${['ada', 'report'][i % 2]} OR legal) -verb:read workspace:w-${i},w-${i + 1} outcome:failure`),
    },
  ]
}
