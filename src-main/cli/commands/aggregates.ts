import { bucketUnits, facetFields, type BucketUnit, type FacetField, type FacetValue } from '../../contract/model/query.ts'
import { queryOf, type Context } from '../context.ts'
import { localTime } from '../local-time.ts'
import { exitCodes, UsageError, type ExitCode } from '../usage.ts'

/** The query language's other names for fields. What is called `file` are the objects of the kinds that `file:` looks at. */
const aliases: Readonly<Record<string, FacetField>> = { user: 'actor', by: 'actor', in: 'workspace', file: 'object' }

/** `facets [QUERY] --by …`: values by count. */
export async function facets({ line, output, call, signal }: Context): Promise<ExitCode> {
  const query = queryOf(line)
  const names = (line.text('by') ?? '').split(',').filter((name) => name !== '')
  if (names.length === 0) throw new UsageError(`facets needs --by with one or more of ${facetFields.join(', ')}.`)
  const top = line.number('top', 1, 20)
  const fields = names.map(fieldOf)
  const { values: counts } = await call('events.facets', { query, by: [...new Set(fields)], top }, signal)
  // The query by itself was sound, so it can stand within another one.
  const ofFiles = { ...query, text: query.text.trim() === '' ? 'file:*' : `(${query.text}) file:*` }
  const files = names.includes('file') ? (await call('events.facets', { query: ofFiles, by: ['object'], top }, signal)).values : {}
  const found: Record<string, readonly Pick<FacetValue, 'value' | 'label' | 'count'>[]> = {}
  names.forEach((name, i) => {
    const values = name === 'file' ? files.object : counts[fields[i] ?? 'object']
    found[name] = (values ?? []).map(({ value, label, count }) => ({ value, label, count }))
  })
  if (output.isJson) await output.json(found)
  else {
    for (const [name, values] of Object.entries(found)) {
      await output.line(name)
      await output.table(values.map(({ count, label, value }) => ['', String(count), label === value ? label : `${label} (${value})`]))
    }
  }
  return exitCodes.done
}

/** `histogram [QUERY] --by …`: counts by hour, day, week or month of the zone. */
export async function histogram({ line, output, call, signal }: Context): Promise<ExitCode> {
  const query = queryOf(line)
  const { buckets, untimed } = await call('events.histogram', { query, by: unitOf(line.text('by')) }, signal)
  if (output.isJson) await output.json(buckets.map(({ start, count }) => ({ start, count })))
  else {
    const most = Math.max(1, ...buckets.map(({ count }) => count))
    await output.table(
      buckets.map(({ start, count }) => [localTime(start, query.zone), String(count), '█'.repeat(Math.ceil((count / most) * 50))]),
    )
    if (untimed > 0) output.note(`${untimed} more have no readable time.`)
  }
  return exitCodes.done
}

function fieldOf(name: string): FacetField {
  const field = facetFields.find((known) => known === name) ?? aliases[name]
  if (field === undefined) throw new UsageError(`--by ${JSON.stringify(name)} is nothing to count by. Use ${facetFields.join(', ')}.`)
  return field
}

function unitOf(word: string | undefined): BucketUnit {
  const unit = bucketUnits.find((known) => known === word)
  if (unit === undefined) throw new UsageError(`histogram needs --by with one of ${bucketUnits.join(', ')}.`)
  return unit
}
