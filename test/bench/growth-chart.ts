import type { Row } from './latency.ts'

interface Line {
  readonly name: string
  readonly targetMs: number | null
  readonly points: readonly { readonly events: number; readonly p95Ms: number }[]
}

const width = 980
const plot = { left: 70, top: 50, right: 560, bottom: 470 }
const colours = ['#1f6f8b', '#c1440e', '#4c7a2a', '#7a3e9d', '#b8860b', '#2f4b9b', '#a02c5a', '#3d6b66']
const dashes = ['', '7 4', '2 3']

/** p95 of each kind of question over the number of events, both axes logarithmic, as an SVG. */
export function growthChart(columns: readonly { readonly events: number; readonly rows: readonly Row[] }[]): string {
  const lines = linesOf(columns)
  const sizes = columns.map(({ events }) => events)
  const times = lines.flatMap(({ points }) => points.map(({ p95Ms }) => p95Ms))
  const x = logScale(Math.min(...sizes), Math.max(...sizes), plot.left, plot.right)
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...times)))
  const highest = 10 ** Math.ceil(Math.log10(Math.max(...times)))
  const y = logScale(lowest, highest, plot.bottom, plot.top)
  const height = Math.max(plot.bottom + 60, plot.top + lines.length * 19 + 20)

  const parts = [
    text(plot.left, 24, '95 % of the questions are answered within … milliseconds', 'font-size="15" font-weight="600"'),
    ...decades(lowest, highest).flatMap((time) => [
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y(time)}" y2="${y(time)}" stroke="#d5d9dd"/>`,
      text(plot.left - 8, y(time) + 4, String(time), 'text-anchor="end"'),
    ]),
    ...sizes.flatMap((events) => [
      `<line x1="${x(events)}" x2="${x(events)}" y1="${plot.top}" y2="${plot.bottom}" stroke="#d5d9dd"/>`,
      text(x(events), plot.bottom + 18, events.toLocaleString('en'), 'text-anchor="middle"'),
    ]),
    text((plot.left + plot.right) / 2, plot.bottom + 40, 'events in the archive', 'text-anchor="middle"'),
    ...lines.flatMap((line, index) => {
      const stroke = `stroke="${colours[index % colours.length]}" stroke-width="2" stroke-dasharray="${dashes[Math.floor(index / colours.length) % dashes.length]}"`
      const points = line.points.map(({ events, p95Ms }) => `${x(events)},${y(p95Ms)}`)
      const top = plot.top + index * 19
      return [
        `<polyline fill="none" ${stroke} points="${points.join(' ')}"/>`,
        `<line ${stroke} x1="${plot.right + 24}" x2="${plot.right + 52}" y1="${top}" y2="${top}"/>`,
        text(plot.right + 60, top + 4, line.targetMs === null ? line.name : `${line.name} (target ${line.targetMs})`),
      ]
    }),
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#22272b">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function linesOf(columns: readonly { readonly events: number; readonly rows: readonly Row[] }[]): readonly Line[] {
  const byName = new Map<string, Line>()
  for (const { events, rows } of columns) {
    for (const row of rows) {
      if (row.kind !== 'latency') continue
      const { name, targetMs, p95Ms } = row
      byName.set(name, { name, targetMs, points: [...(byName.get(name)?.points ?? []), { events, p95Ms }] })
    }
  }
  return [...byName.values()]
}

function logScale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = Math.log(to) - Math.log(from)
  return (value) => Math.round(start + (span === 0 ? 0.5 : (Math.log(value) - Math.log(from)) / span) * (end - start))
}

function decades(from: number, to: number): readonly number[] {
  const all: number[] = []
  for (let exponent = Math.round(Math.log10(from)); exponent <= Math.round(Math.log10(to)); exponent++) all.push(Number(`1e${exponent}`))
  return all
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" ${attributes}>${safe}</text>`
}
