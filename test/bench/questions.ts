/** Fields that both our query language and a plain table of exported events know. */
export const questionFields = ['actor', 'workspace', 'object', 'verb', 'action', 'service', 'kind', 'outcome'] as const
export type QuestionField = (typeof questionFields)[number] | 'id'

/** What is asked, free of any language: each contestant has it in its own. */
export type Condition =
  | { readonly is: 'everything' }
  /** The whole value; actor, workspace and object by id. */
  | { readonly is: 'field'; readonly field: QuestionField; readonly value: string }
  /** Anywhere in what free text looks at, upper and lower case alike. */
  | { readonly is: 'text'; readonly value: string }
  /** Days in UTC, `YYYY-MM-DD`; `to` excluded. */
  | { readonly is: 'time'; readonly from: string; readonly to: string }
  | { readonly is: 'not'; readonly of: Condition }
  | { readonly is: 'all' | 'any'; readonly of: readonly Condition[] }

/** The condition in our query language. */
export function queryText(condition: Condition): string {
  switch (condition.is) {
    case 'everything':
      return ''
    case 'field':
      return `${condition.field}:"${condition.value}"`
    case 'text':
      return `"${condition.value}"`
    case 'time':
      return `after:${condition.from} before:${condition.to}`
    case 'not':
      return `NOT (${queryText(condition.of)})`
    case 'all':
      return condition.of.map((part) => (part.is === 'any' ? `(${queryText(part)})` : queryText(part))).join(' ')
    case 'any':
      return condition.of.map((part) => `(${queryText(part)})`).join(' OR ')
  }
}

/** The columns of our CSV export, as an SQL table holds them. */
const columnOf: Readonly<Record<QuestionField, string>> = {
  id: 'id',
  actor: '"actor.id"',
  workspace: '"workspace.id"',
  object: '"object.id"',
  verb: 'verb',
  action: 'action',
  service: 'service',
  kind: '"object.kind"',
  outcome: 'outcome',
}

/** The condition as SQL over that table; `contains` is how the dialect looks for text. */
export function sqlText(condition: Condition, contains: (text: string) => string): string {
  switch (condition.is) {
    case 'everything':
      return 'true'
    case 'field':
      return `${columnOf[condition.field]} = ${sqlString(condition.value)}`
    case 'text':
      return contains(condition.value)
    case 'time':
      return `occurredAt >= ${sqlString(condition.from)} AND occurredAt < ${sqlString(condition.to)}`
    case 'not':
      return `NOT (${sqlText(condition.of, contains)})`
    case 'all':
    case 'any': {
      const word = condition.is === 'all' ? ' AND ' : ' OR '
      return condition.of.map((part) => `(${sqlText(part, contains)})`).join(word)
    }
  }
}

export function sqlString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
