import { readFileSync } from 'node:fs'
import { report } from '../child.ts'
import { askAll, type Budget, type Contestant, type PeerFiles, type Task } from './contestant.ts'
import { openDuckDb } from './duckdb.ts'
import { openLnav } from './lnav.ts'
import { openRipgrep } from './ripgrep.ts'
import { openSqlite } from './sqlite.ts'
import { openTrailview } from './trailview.ts'

const contestants: Readonly<Record<string, (files: PeerFiles) => Promise<Contestant>>> = {
  Trailview: openTrailview,
  DuckDB: openDuckDb,
  sqlite3: openSqlite,
  ripgrep: openRipgrep,
  lnav: openLnav,
}

/** Arguments: name of the contestant, JSON file of the files and tasks, its budget as JSON. */
const [name = '', inputPath = '', budgetText = '{}'] = process.argv.slice(2)
const open = contestants[name]
if (open === undefined) throw new Error(`There is no contestant ${name}.`)
const { files, tasks } = JSON.parse(readFileSync(inputPath, 'utf8')) as { readonly files: PeerFiles; readonly tasks: readonly Task[] }
const contestant = await open(files)
try {
  await report(await askAll(contestant, tasks, JSON.parse(budgetText) as Budget))
} finally {
  await contestant.close()
}
