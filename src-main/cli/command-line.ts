import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './usage.ts'

const everywhere = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  zone: { type: 'string' },
  'passphrase-stdin': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

/** The options each command takes beside those that stand everywhere. */
const ofCommand = {
  connections: {
    service: { type: 'string' },
    name: { type: 'string' },
    url: { type: 'string' },
    set: { type: 'string', multiple: true },
    'secret-stdin': { type: 'boolean' },
    purge: { type: 'boolean' },
  },
  sync: { since: { type: 'string' }, until: { type: 'string' }, full: { type: 'boolean' } },
  events: { limit: { type: 'string' }, oldest: { type: 'boolean' }, cursor: { type: 'string' } },
  count: {},
  facets: { by: { type: 'string' }, top: { type: 'string' } },
  histogram: { by: { type: 'string' } },
  show: { raw: { type: 'boolean' } },
  timelines: {},
  coverage: {},
  export: { format: { type: 'string' }, out: { type: 'string' } },
  verify: {},
  demo: { events: { type: 'string' }, seed: { type: 'string' } },
} as const satisfies Record<string, ParseArgsConfig['options']>

export type CommandName = keyof typeof ofCommand
export const commandNames = Object.keys(ofCommand) as readonly CommandName[]

/** A command line taken apart. */
export interface CommandLine {
  /** Null: none was named. */
  readonly command: CommandName | null
  /** What stood beside the options, without the command's name. */
  readonly words: readonly string[]
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean
  /** A whole number not below `least`; `fallback` when the option is absent. */
  number(name: string, least: number, fallback: number): number
}

/** Takes the arguments apart; options may stand anywhere, `--` ends them. Throws UsageError. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const command = findCommand(argv)
  const options: NonNullable<ParseArgsConfig['options']> = { ...everywhere, ...(command === null ? {} : ofCommand[command]) }
  const { values, positionals } = parse(argv, options)
  const text = (name: string) => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    command,
    words: command === null ? positionals : positionals.slice(1),
    text,
    texts: (name) => (Array.isArray(values[name]) ? values[name].filter((value) => typeof value === 'string') : []),
    flag: (name) => values[name] === true,
    number(name, least, fallback) {
      const value = text(name)
      if (value === undefined) return fallback
      if (!/^\d+$/.test(value) || Number(value) < least || !Number.isSafeInteger(Number(value))) {
        throw new UsageError(`--${name} takes a whole number from ${least} up, not ${JSON.stringify(value)}.`)
      }
      return Number(value)
    },
  }
}

function findCommand(argv: readonly string[]): CommandName | null {
  const all: NonNullable<ParseArgsConfig['options']> = Object.assign({}, everywhere, ...Object.values(ofCommand))
  const { positionals, values } = parse(argv, all)
  const [word] = positionals
  if (word === undefined || values['help'] === true || values['version'] === true) return null
  const command = commandNames.find((name) => name === word)
  if (command === undefined)
    throw new UsageError(`There is no command ${JSON.stringify(word)}. The commands are ${commandNames.join(', ')}.`)
  return command
}

function parse(argv: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${reason.split(/\.\s/)[0] ?? reason}. A query that begins with a minus goes behind "--".`)
  }
}
