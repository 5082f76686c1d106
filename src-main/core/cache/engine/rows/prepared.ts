import type { Database, Statement } from '../../driver.ts'

type Shape = 'rows' | 'arrays' | 'values'

const statements = new WeakMap<Database, Map<string, Statement<unknown[]>>>()

/** A statement prepared once for a connection. Not for `iterate`: a statement serves one walk at a time. */
export function prepared<Parameters extends unknown[], Row>(db: Database, sql: string, shape: Shape = 'rows'): Statement<Parameters, Row> {
  let known = statements.get(db)
  if (known === undefined) statements.set(db, (known = new Map()))
  const key = `${shape} ${sql}`
  let statement = known.get(key)
  if (statement === undefined) {
    statement = db.prepare(sql)
    if (shape === 'arrays') statement.raw()
    if (shape === 'values') statement.pluck()
    known.set(key, statement)
  }
  return statement as Statement<Parameters, Row>
}
