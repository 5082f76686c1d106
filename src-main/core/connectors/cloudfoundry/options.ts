import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { FormField } from '../../../contract/model/connector-info.ts'
import { checkChoice, checkWhole, optionOf } from '../kit/options.ts'
import { parseConditions, v3CannotSay } from './selection.ts'

/** Parameters that only v2 has. */
const v2Only = ['inline-relations-depth', 'orphan-relations', 'exclude-relations', 'include-relations']

/** The parameters of `/v2/events`, and which of the two APIs is asked. */
export const cloudfoundryOptions: readonly FormField[] = [
  {
    key: 'q',
    label: 'Filter',
    kind: 'text',
    help: 'Conditions separated by semicolons: timestamp, type or actee, then : >= <= < > or IN, then the value.',
    isRequired: false,
    placeholder: 'type IN audit.app.create,audit.app.update;timestamp>=2026-01-01T00:00:00Z',
  },
  {
    key: 'page',
    label: 'First page',
    kind: 'number',
    help: 'The page to begin each list with; earlier pages are left out.',
    isRequired: false,
    defaultValue: '1',
  },
  {
    key: 'results-per-page',
    label: 'Page size',
    kind: 'number',
    help: 'Events per request: up to 5000 with v3, up to 100 with v2. Empty: 500 and 100.',
    isRequired: false,
  },
  {
    key: 'order-direction',
    label: 'Order',
    kind: 'choice',
    help: 'The order in which the service lists events.',
    isRequired: false,
    choices: [
      { value: 'asc', label: 'Oldest first' },
      { value: 'desc', label: 'Newest first' },
    ],
    defaultValue: 'asc',
  },
  {
    key: 'inline-relations-depth',
    label: 'Inline relations',
    kind: 'number',
    help: 'v2 only: how deep related objects are written out, 0 to 3.',
    isRequired: false,
  },
  {
    key: 'orphan-relations',
    label: 'Orphan relations',
    kind: 'number',
    help: 'v2 only: 0 or 1, whether related objects are listed once.',
    isRequired: false,
  },
  {
    key: 'exclude-relations',
    label: 'Exclude relations',
    kind: 'text',
    help: 'v2 only: relations to leave out, separated by commas.',
    isRequired: false,
  },
  {
    key: 'include-relations',
    label: 'Include relations',
    kind: 'text',
    help: 'v2 only: the only relations to write out, separated by commas.',
    isRequired: false,
  },
  {
    key: 'api',
    label: 'API version',
    kind: 'choice',
    help: 'Automatic takes v3 where the service has it, and v2 where an option needs it.',
    isRequired: false,
    choices: [
      { value: 'auto', label: 'Automatic' },
      { value: 'v3', label: 'v3' },
      { value: 'v2', label: 'v2' },
    ],
    defaultValue: 'auto',
  },
]

export function checkCloudfoundryOptions(options: ConnectionOptions): string[] {
  const { conditions, problems } = parseConditions(options['q'] ?? '')
  const api = optionOf(options, 'api')
  const inexpressible = v3CannotSay(conditions).map(
    ({ filter, operator }) =>
      `v3 of the API cannot compare "${filter}" with ${operator}. Choose v2 in the option "api", or compare with : or IN.`,
  )
  return [
    ...problems,
    ...checkChoice(options, 'api', ['auto', 'v2', 'v3']),
    ...checkChoice(options, 'order-direction', ['asc', 'desc']),
    ...checkWhole(options, 'page', 1, 100_000_000),
    ...checkWhole(options, 'results-per-page', 1, api === 'v2' ? 100 : 5000),
    ...checkWhole(options, 'inline-relations-depth', 0, 3),
    ...checkWhole(options, 'orphan-relations', 0, 1),
    ...(api === 'v3' ? inexpressible : []),
    ...(api === 'v3'
      ? setV2Options(options).map(
          (key) => `The option "${key}" exists in v2 of the API only. Choose v2 in the option "api", or leave it empty.`,
        )
      : []),
  ]
}

/** What about the options takes v2; null when v3 will do. */
export function needOfV2(options: ConnectionOptions): string | null {
  const [condition] = v3CannotSay(parseConditions(options['q'] ?? '').conditions)
  if (condition !== undefined) return `a comparison of "${condition.filter}" with ${condition.operator}`
  const [key] = setV2Options(options)
  return key === undefined ? null : `the option "${key}"`
}

/** The v2 parameters of the options as they are sent. */
export function v2OnlyQuery(options: ConnectionOptions): readonly (readonly [string, string])[] {
  return setV2Options(options).map((key) => [key, optionOf(options, key) ?? ''])
}

function setV2Options(options: ConnectionOptions): readonly string[] {
  return v2Only.filter((key) => optionOf(options, key) !== null)
}
