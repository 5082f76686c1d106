import fc from 'fast-check'
import { outcomes, verbs, type NormalisedEvent, type Subject } from '../../../src-main/contract/model/audit-event.ts'
import { textPattern, valuePattern } from '../../../src-main/core/query/pattern.ts'
import type { QueryTree } from '../../../src-main/core/query/tree.ts'

/** Few words, so that they meet: letters of several scripts, accents, spaces at the ends, marks that wordings use, nothing at all. */
const words = [
  'Anna',
  'Ännä',
  'anna berg',
  'Berg',
  'plan.pdf',
  'Q3 plan',
  'онлайн',
  '計画',
  'é',
  'x',
  ' lead',
  'a  b',
  '100%_',
  '\u0001',
  'ſtraße',
  '',
  '7',
  'nul\0nul',
  '<b>',
  'İIı',
  'ﬁle ﷺ',
  'ΣΟΦΟΣ',
  'e\u0301',
  '\u0301x',
  '\u0315\u0300',
  '😀',
  'שלום',
  '\u202egnp.exe',
  '가각',
  'a\u00a0b',
  '´ ´',
  '\ufeff',
  'A\tB',
  'K ℡',
]
const word = fc.constantFrom(...words)
const nameOrNull = fc.option(word, { nil: null, freq: 5 })
const idOrNull = fc.option(fc.constantFrom('7', 'u1', 'U1', '4137', 'ab', 'plan.pdf', 'nul\0id', ' 7'), { nil: null, freq: 4 })
const day = 86_400_000
const base = Date.parse('2024-03-30T20:00:00Z')

const subject = (kinds: readonly string[]): fc.Arbitrary<Subject | null> =>
  fc.option(fc.record({ kind: fc.constantFrom(...kinds), id: idOrNull, name: nameOrNull }), { nil: null, freq: 5 })

const withoutSummary = fc.record({
  externalId: fc.uuid().map((id) => id.slice(0, 6)),
  timeMs: fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((steps) => base + steps * 1_800_000),
    fc.integer({ min: base - 400 * day, max: base + 400 * day }),
    fc.constantFrom(-62_135_596_800_000, 253_402_300_799_999),
  ),
  actor: fc.option(
    fc.record({
      id: idOrNull,
      name: nameOrNull,
      email: fc.option(fc.constantFrom('anna@example.test', 'B@X.test'), { nil: null }),
      kind: fc.constantFrom('user', 'system'),
    }),
    { nil: null, freq: 6 },
  ),
  action: fc.constantFrom('file.viewed', 'audit.app.update', 'Anna', 'x'),
  verb: fc.constantFrom(...verbs.slice(0, 4)),
  object: subject(['file', 'folder', 'room', 'File']),
  workspace: subject(['workspace', 'room']),
  outcome: fc.constantFrom(...outcomes),
  between: fc.array(fc.constantFrom('viewed', 'the', 'in', 'Berg', 'plan', 'ver anna', '\u0002 x'), { minLength: 0, maxLength: 3 }),
  form: fc.nat(5),
})

/** A readable event whose summary holds its names, or some of them, among other words. */
export const anyEvent: fc.Arbitrary<NormalisedEvent> = withoutSummary.map(({ timeMs, between, form, ...event }) => {
  const occurredAt = new Date(timeMs).toISOString()
  const [first = 'did', second = 'to', third = 'at'] = between
  const names = [event.actor?.name ?? '', event.object?.name ?? '', event.workspace?.name ?? '']
  const summary = [
    `${names[0]} ${first} ${names[1]} ${second} ${names[2]}`,
    `${first} ${names[1]} ${names[0]}`,
    `${names[2]} ${names[2]} ${first} ${third}`,
    `${first} (${names[1]}) ${second}`,
    `${names[0]}`,
    `${first} ${names[0]}${second} ${names[1]}`,
  ][form]
  return { ...event, occurredAt, occurredAtOriginal: occurredAt, related: [], summary: summary ?? '' }
})

const fragment = fc.oneof(
  word,
  fc.constantFrom(
    'a',
    'n',
    'erg',
    'g vie',
    'viewed the',
    'anna viewed',
    'in 計',
    'berg plan',
    ' ',
    '  ',
    'nn*pl',
    'berg*',
    'an*in',
    'x in',
    '*',
    'viewed *',
    'ra',
    'strasse',
    'b at',
    '<',
    'z',
    'note',
    'urgent',
    'unread',
    'e t',
    'i',
    'صلى الله',
    'file',
    'σοφος',
    'ς',
    '\u0301',
    '\ud83d',
    '가',
    'ᆨ',
    '\u202e',
    'tel',
    '*\u0300*',
    ' *',
    '´',
    '\ufffd',
    '\u0001',
    'd\u0001',
  ),
)

const value = fc.oneof(
  word,
  fc.constantFrom(
    '*',
    'an*',
    '*g',
    '*a*',
    'a*b',
    'u1',
    '7',
    '',
    'audit.app.*',
    'read',
    'file',
    'café*',
    'c1',
    'onehub',
    'unknown',
    'reviewed',
    'unreviewed',
    'urgent',
    '*e*',
    'unmapped',
    'other',
    '*\u0301',
    '* *',
    'file*',
    '*\ud83d*',
    'σοφος',
    ' *',
  ),
)
const fields = [
  'actor',
  'verb',
  'action',
  'object',
  'file',
  'kind',
  'workspace',
  'service',
  'connection',
  'outcome',
  'status',
  'tag',
  'id',
] as const

const leaf: fc.Arbitrary<QueryTree> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<QueryTree>({ kind: 'all' }) },
  { weight: 6, arbitrary: fragment.map((text): QueryTree => ({ kind: 'text', scope: 'text', pattern: textPattern(text) })) },
  { weight: 1, arbitrary: fragment.map((text): QueryTree => ({ kind: 'text', scope: 'raw', pattern: textPattern(text) })) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...fields), fc.array(value, { minLength: 1, maxLength: 2 }))
      .map(([field, values]): QueryTree => ({ kind: 'field', field, anyOf: values.map(valuePattern) })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('note', 'revision', 'late', 'gone', 'unmapped').map((flag): QueryTree => ({ kind: 'has', flag })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.option(fc.nat(40), { nil: null }), fc.option(fc.nat(40), { nil: null })).map(([from, to]): QueryTree => ({
      kind: 'time',
      fromMs: from === null ? null : base + from * 1_800_000,
      toMs: to === null ? null : base + to * 1_800_000,
    })),
  },
)

export const anyTree: fc.Arbitrary<QueryTree> = fc.letrec<{ tree: QueryTree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    leaf,
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts): QueryTree => ({ kind: 'and', parts })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts): QueryTree => ({ kind: 'or', parts })),
    tie('tree').map((part): QueryTree => ({ kind: 'not', part })),
  ),
})).tree
