import type { Condition, QuestionField } from '../questions.ts'
import type { Answer, Asks, Contestant, PeerFiles } from './contestant.ts'
import { runProgram } from './program.ts'

/** ripgrep over the NDJSON export. It sees whole lines, payloads and field names included, so that its counts of text may be larger. */
export async function openRipgrep({ ndjson }: PeerFiles): Promise<Contestant> {
  const { stdout } = await runProgram('rg', ['--version'])
  const run = async (asks: 'page' | 'count', patterns: readonly Pattern[]): Promise<Answer> => {
    const { stdout: printed, tookMs } = await runProgram('sh', ['-c', pipeline(asks, patterns), 'sh', ndjson])
    return { tookMs, matches: asks === 'count' ? Number(printed.trim()) : null }
  }
  return {
    version: /ripgrep (\S+)/.exec(stdout)?.[1] ?? '',
    preparedMs: 0,
    ask(asks: Asks, condition: Condition) {
      const patterns = patternsOf(condition)
      return patterns === null || (asks !== 'page' && asks !== 'count') ? null : run(asks, patterns)
    },
    // It is over before one could look, and what it reads lies in the file cache.
    peakBytes: () => 0,
    close: () => Promise.resolve(),
  }
}

interface Pattern {
  readonly text: string
  readonly ignoresCase: boolean
}

/** Null: not to be said in patterns that must all occur in a line. */
function patternsOf(condition: Condition): readonly Pattern[] | null {
  switch (condition.is) {
    case 'text':
      return [{ text: condition.value, ignoresCase: true }]
    case 'field':
      return [{ text: fieldPattern(condition.field, condition.value), ignoresCase: false }]
    case 'all': {
      const parts = condition.of.map(patternsOf)
      return parts.every((part) => part !== null) ? parts.flat() : null
    }
    case 'everything':
    case 'any':
    case 'not':
    case 'time':
      return null
  }
}

/** How the exported line begins the field. */
function fieldPattern(field: QuestionField, value: string): string {
  switch (field) {
    case 'actor':
      return `"actor":{"id":"${value}"`
    case 'workspace':
      return `"workspace":{"kind":"workspace","id":"${value}"`
    case 'object':
      return `"object":{"kind":"file","id":"${value}"`
    case 'kind':
      return `"object":{"kind":"${value}"`
    case 'id':
    case 'verb':
    case 'action':
    case 'service':
    case 'outcome':
      return `"${field}":"${value}"`
  }
}

/** The file is `$1`; code 1 only says that nothing was found. Values hold no quote that would end a shell string: see `plain` of the drawer. */
function pipeline(asks: 'page' | 'count', patterns: readonly Pattern[]): string {
  const last = asks === 'page' ? '--max-count 100' : '--count --include-zero'
  const searches = patterns.map(({ text, ignoresCase }, index) => {
    const flags = `--no-config --fixed-strings ${ignoresCase ? '--ignore-case' : '--case-sensitive'} ${index === patterns.length - 1 ? last : ''}`
    return `rg ${flags} -e '${text}' ${index === 0 ? '"$1"' : '-'}`
  })
  return `${searches.join(' | ')}; test $? -le 1`
}
