import type { Row } from './latency.ts'

/** Rows as lines for a terminal. */
export function printRows(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`)
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const row of rows) console.log(`  ${row.name.padEnd(width)}  ${describe(row)}`)
}

function describe(row: Row): string {
  switch (row.kind) {
    case 'latency': {
      const target = row.targetMs === null ? '' : `   target ${row.targetMs} ms${row.p95Ms <= row.targetMs ? '' : '  MISSED'}`
      const values = `p50 ${ms(row.p50Ms).padStart(6)}  p95 ${ms(row.p95Ms).padStart(6)}  max ${ms(row.maxMs).padStart(6)} ms${row.processor === null ? '' : `  (processor ${ms(row.processor.p50Ms)} / ${ms(row.processor.p95Ms)})`}`
      return `${values}  of ${row.questions}${target}`
    }
    case 'figure': {
      const target = row.target === null ? '' : `   target ${row.target.bound} ${amount(row.target.value)}${isMet(row) ? '' : '  MISSED'}`
      return `${amount(row.value).padStart(10)} ${row.unit}${target}`
    }
  }
}

/** Rows of several sizes side by side as a Markdown table; the sizes head the columns. */
export function markdownTable(columns: readonly { readonly head: string; readonly rows: readonly Row[] }[]): string {
  const names = [...new Set(columns.flatMap(({ rows }) => rows.map(({ name }) => name)))]
  const cellOf = (row: Row | undefined): string => {
    if (row === undefined) return '–'
    if (row.kind === 'figure') return `${amount(row.value)} ${row.unit}`
    const processor = row.processor === null ? '' : ` (${ms(row.processor.p50Ms)} / ${ms(row.processor.p95Ms)})`
    return `${ms(row.p50Ms)} / ${ms(row.p95Ms)} ms${processor}`
  }
  const targetOf = (name: string): string => {
    const row = columns.flatMap(({ rows }) => rows).find((candidate) => candidate.name === name)
    if (row?.kind === 'latency') return row.targetMs === null ? '' : `≤ ${row.targetMs} ms`
    return row?.target == null ? '' : `${row.target.bound === 'at least' ? '≥' : '≤'} ${amount(row.target.value)} ${row.unit}`
  }
  const lines = names.map((name) => {
    const cells = columns.map(({ rows }) => cellOf(rows.find((row) => row.name === name)))
    return `| ${[name.trim(), ...cells, targetOf(name)].join(' | ')} |`
  })
  const head = ['p50 / p95 by the clock (by processor time)', ...columns.map((column) => column.head), 'target (p95)']
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...lines, ''].join('\n')
}

export function isMet(row: Row): boolean {
  if (row.kind === 'latency') return row.targetMs === null || row.p95Ms <= row.targetMs
  if (row.target === null) return true
  return row.target.bound === 'at least' ? row.value >= row.target.value : row.value <= row.target.value
}

/** Milliseconds, as exact as they deserve. */
export function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

function amount(value: number): string {
  return Math.round(value).toLocaleString('en')
}
