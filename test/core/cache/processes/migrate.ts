/**
 * Brings an archive to the current schema in small parts and kills itself before the statement with the given number: `migrate.ts HOME KEY
 * PART_ROWS KILL_AT`. Prints the number of statements when it gets through.
 */
import { openDatabase } from '../../../../src-main/core/cache/driver.ts'
import { archivePath } from '../../../../src-main/core/cache/files.ts'
import { migrate } from '../../../../src-main/core/cache/migrate.ts'

const [home = '', keyHex = '', partRows = '', killAt = ''] = process.argv.slice(2)
const db = openDatabase({ home, keyHex, role: 'writer' })
let statements = 0
const step = (): void => {
  if (++statements === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

const statement = Object.getPrototypeOf(db.prepare('SELECT 1')) as { run: (...values: unknown[]) => unknown }
const { run } = statement
statement.run = function (...values) {
  step()
  return run.apply(this, values)
}
const exec = db.exec.bind(db)
db.exec = (sql) => {
  for (const one of sql.split(';\n')) {
    step()
    exec(one)
  }
  return db
}

migrate(db, archivePath(home), { partRows: Number(partRows) })
console.log(statements)
