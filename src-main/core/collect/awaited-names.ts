import type { AuditEvent, AwaitedNames } from '../../contract/model/audit-event.ts'
import type { ArchiveReader } from '../cache/archive.ts'
import type { ConnectorDefinition, NameRef } from '../connectors/define.ts'

interface Thing {
  readonly kind: string
  readonly id: string | null
  readonly name: string | null
}

/** Which parts of an event go without a name only because the service was not asked for it yet. `lacksNames`: what the archive says of the event. */
export async function awaitedNames(
  event: AuditEvent,
  lacksNames: boolean,
  lookUps: ConnectorDefinition['lookUps'],
  reader: Pick<ArchiveReader, 'names'>,
): Promise<AwaitedNames> {
  const { actor, object, workspace, related } = event
  if (!lacksNames) return { actor: false, object: false, workspace: false, related: related.map(() => false) }
  const refs = [actor, object, workspace, ...related].flatMap((thing) => refOf(thing) ?? [])
  const known = await reader.names(event.connection, refs)
  const answerFor = ({ kind, id }: NameRef) => known.find((fact) => fact.kind === kind && fact.id === id)
  const awaits = (thing: Thing | null): boolean => {
    const ref = refOf(thing)
    return ref !== null && thing?.name === null && lookUps[ref.kind] !== undefined && answerFor(ref) === undefined
  }
  /** An answer that tells where the object lives is not in the event yet. */
  const awaitsPlace = (): boolean => {
    const ref = refOf(object)
    if (ref === null || lookUps[ref.kind]?.tellsWorkspace !== true) return false
    const answer = answerFor(ref)
    return answer === undefined || answer.parent != null
  }
  return {
    actor: awaits(actor),
    object: awaits(object),
    workspace: workspace === null ? awaitsPlace() : awaits(workspace),
    related: related.map(awaits),
  }
}

function refOf(thing: Thing | null): NameRef | null {
  return thing === null || thing.id === null ? null : { kind: thing.kind, id: thing.id }
}
