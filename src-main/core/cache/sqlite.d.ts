/** The parts of the SQLite package that are used; its own declarations are hidden by its `exports`. */
declare module 'better-sqlite3-multiple-ciphers' {
  namespace Sqlite {
    interface RunResult {
      readonly changes: number
      readonly lastInsertRowid: number | bigint
    }

    interface Statement<Parameters extends unknown[] = unknown[], Row = unknown> {
      run(...parameters: Parameters): RunResult
      get(...parameters: Parameters): Row | undefined
      all(...parameters: Parameters): Row[]
      iterate(...parameters: Parameters): IterableIterator<Row>
      /** Rows become the value of their first column. */
      pluck(isOn?: boolean): this
      /** Rows become arrays. */
      raw(isOn?: boolean): this
      safeIntegers(isOn?: boolean): this
    }

    interface Transaction<Arguments extends unknown[], Result> {
      (...parameters: Arguments): Result
      deferred(...parameters: Arguments): Result
      immediate(...parameters: Arguments): Result
      exclusive(...parameters: Arguments): Result
    }

    interface Database {
      readonly name: string
      readonly open: boolean
      readonly inTransaction: boolean
      prepare<Parameters extends unknown[] = unknown[], Row = unknown>(source: string): Statement<Parameters, Row>
      transaction<Arguments extends unknown[], Result>(body: (...parameters: Arguments) => Result): Transaction<Arguments, Result>
      exec(source: string): this
      pragma(source: string, options?: { readonly simple?: boolean }): unknown
      function(
        name: string,
        options: {
          readonly deterministic?: boolean
          readonly varargs?: boolean
          readonly safeIntegers?: boolean
          readonly directOnly?: boolean
        },
        body: (...parameters: never[]) => unknown,
      ): this
      serialize(): Buffer
      close(): this
    }
  }

  const Sqlite: {
    new (
      path: string,
      options?: { readonly readonly?: boolean; readonly fileMustExist?: boolean; readonly timeout?: number },
    ): Sqlite.Database
  }
  export default Sqlite
}
