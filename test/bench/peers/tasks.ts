import type { Drawer } from '../draw.ts'
import type { Condition } from '../questions.ts'
import type { Asks, Task } from './contestant.ts'

const varied = 200
/** Questions that are always the same: of interest is what a second look costs. */
const repeated = 20
const everything: Condition = { is: 'everything' }

/** The same questions for every contestant. */
export function drawTasks(draw: Drawer): readonly Task[] {
  const both = (...parts: readonly Condition[]): Condition => ({ is: 'all', of: parts })
  const task = (name: string, asks: Asks, drawOne: () => Condition, questions = varied): Task => ({
    name,
    asks,
    questions: Array.from({ length: questions }, drawOne),
  })
  return [
    task('open to the newest 100', 'open', () => everything, 5),
    task('first page: everything', 'page', () => everything, repeated),
    task('first page: actor', 'page', () => draw.of('actor')),
    task('first page: workspace', 'page', () => draw.of('workspace')),
    task('first page: object', 'page', () => draw.of('object')),
    task('first page: verb', 'page', () => draw.of('verb')),
    task('first page: workspace and verb', 'page', () => both(draw.of('workspace'), draw.of('verb'))),
    task('first page: rare text', 'page', draw.rareText),
    task('first page: medium text', 'page', draw.mediumText),
    task('first page: common text', 'page', draw.commonText),
    task('first page: fragment', 'page', draw.fragment),
    task('first page: two words', 'page', draw.twoWords),
    task('first page: text and workspace', 'page', () => both(draw.commonText(), draw.of('workspace'))),
    task('count: rare text', 'count', draw.rareText),
    task('count: medium text', 'count', draw.mediumText),
    task('count: common text', 'count', draw.commonText),
    task('count: fragment', 'count', draw.fragment),
    task('count by six fields and day: everything', 'summary', () => everything, repeated),
    task('count by six fields and day: workspace', 'summary', () => draw.of('workspace')),
    task('count by six fields and day: actor', 'summary', () => draw.of('actor')),
    task('count by six fields and day: rare text', 'summary', draw.rareText),
    task('count by six fields and day: medium text', 'summary', draw.mediumText),
    task('count by six fields and day: two words', 'summary', draw.twoWords),
    task('count by six fields and day: common text', 'summary', draw.commonText),
    task('count by six fields and day: common text and workspace', 'summary', () => both(draw.commonText(), draw.of('workspace'))),
    task('histogram: everything', 'histogram', () => everything, repeated),
    task('payload of one event', 'payload', draw.oneEvent),
  ]
}
