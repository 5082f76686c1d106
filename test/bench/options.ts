import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Events of the archive that is filled directly; null: collect from the practice services instead. */
  readonly events: number | null
  /** Events the practice services hold. */
  readonly practiceEvents: number
  readonly peers: boolean
  /** The only peers to be asked, between commas; null: all of them. */
  readonly only: string | null
  readonly growth: boolean
  readonly frames: boolean
  readonly clean: boolean
  /** Where archives, exports and the peers' files lie from one call to the next. */
  readonly folder: string
}

export const usage = `npm run bench                        collects 100,000 events from the practice services and measures that archive
npm run bench -- --events 10000000   fills an archive directly, going on where an earlier call stopped, and measures it
npm run bench -- --peers             asks lnav, ripgrep, sqlite3 and DuckDB the same questions (1,000,000 events unless --events)
npm run bench -- --growth            measures 100,000 and 1,000,000 events (and --events), writes report/bench.md and report/growth.svg
npm run bench -- --frames            measures in Chromium how the screen keeps pace (1,000,000 events unless --events)
npm run bench -- --clean             removes what the calls above left in the folder

--only NAMES          the only peers to be asked, between commas: DuckDB, sqlite3, ripgrep, lnav
--practice-events N   events of the practice services; default 100,000
--folder DIR          where archives lie; default ${join(tmpdir(), 'trailview-bench')}`

/** Throws a sentence for what it does not understand. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string' },
      'practice-events': { type: 'string', default: '100000' },
      peers: { type: 'boolean', default: false },
      only: { type: 'string' },
      growth: { type: 'boolean', default: false },
      frames: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      folder: { type: 'string', default: join(tmpdir(), 'trailview-bench') },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    events: values.events === undefined ? null : wholeNumber('--events', values.events),
    practiceEvents: wholeNumber('--practice-events', values['practice-events']),
    peers: values.peers,
    only: values.only ?? null,
    growth: values.growth,
    frames: values.frames,
    clean: values.clean,
    folder: values.folder,
  }
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text.replaceAll(/[,_]/g, ''))
  if (!Number.isSafeInteger(value) || value < 1_000) throw new Error(`${flag} takes a whole number from 1,000 on, not "${text}".`)
  return value
}
