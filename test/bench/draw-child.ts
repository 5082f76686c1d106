import { openBenchCore } from './bench-archive.ts'
import { report } from './child.ts'
import { readDrawers, type Drawer } from './draw.ts'
import { queryText, type Condition } from './questions.ts'

/** Questions of one kind, as texts of our query language. */
export interface Asked {
  readonly name: string
  readonly targetMs: number
  readonly texts: readonly string[]
}

/** Everything that is asked of a filled archive. */
export interface Questions {
  readonly firstPages: readonly Asked[]
  /** Results that are moved through: to an instant, and to a share of all positions. */
  readonly moves: readonly { readonly text: string; readonly instant: string; readonly share: number }[]
  readonly numbers: readonly Asked[]
}

/** Argument: home of a filled archive. Reports `Questions`; in a process of its own, so that drawing them takes no memory of the one that is measured. */
const [home = ''] = process.argv.slice(2)
const questions = 200

const core = await openBenchCore(home)
try {
  const drawers = await readDrawers(core)
  await report({ firstPages: firstPages(drawers(1)), moves: moves(drawers(2)), numbers: numbers(drawers(3)) } satisfies Questions)
} finally {
  await core.close()
}

function firstPages(draw: Drawer): readonly Asked[] {
  return [
    asked('a time range alone', 50, () => draw.ranged({ is: 'everything' })),
    asked('one filter', 50, () => halfRanged(draw, draw.filter())),
    asked('common text', 50, () => halfRanged(draw, draw.commonText())),
    asked('medium text', 50, () => halfRanged(draw, draw.mediumText())),
    asked('rare text', 50, () => halfRanged(draw, draw.rareText())),
    asked('a fragment of 1 to 6 characters', 50, () => halfRanged(draw, draw.fragment())),
    asked('two words', 100, () => halfRanged(draw, draw.twoWords())),
    asked('two to four conditions', 100, () => halfRanged(draw, draw.combination())),
  ]
}

function moves(draw: Drawer): Questions['moves'] {
  return Array.from({ length: questions }, (_, i) => {
    const condition = i % 4 === 0 ? ({ is: 'everything' } as const) : i % 2 === 0 ? draw.filter() : draw.commonText()
    return { text: queryText(condition), instant: draw.instant(), share: draw.share() }
  })
}

function numbers(draw: Drawer): readonly Asked[] {
  return [
    asked('no condition, repeated', 150, () => ({ is: 'everything' })),
    asked('one filter', 150, () => halfRanged(draw, draw.filter())),
    asked('common text', 150, () => halfRanged(draw, draw.commonText())),
    asked('combination', 150, () => halfRanged(draw, draw.combination())),
  ]
}

function asked(name: string, targetMs: number, draw: () => Condition): Asked {
  return { name, targetMs, texts: Array.from({ length: questions }, () => queryText(draw())) }
}

function halfRanged(draw: Drawer, condition: Condition): Condition {
  return draw.share() < 0.5 ? condition : draw.ranged(condition)
}
