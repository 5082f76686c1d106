import { createFileNames } from '../generator/names.ts'
import type { People } from '../generator/people.ts'
import { createPool, type Pool } from '../generator/pool.ts'
import { appWords } from '../generator/words.ts'
import type { EventSource } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { Json, PracticeEvent } from '../types.ts'
import { allTypes, commonTypes, type CfObject, type CfType } from './types.ts'

export interface CfActor {
  readonly guid: string
  readonly type: string
  readonly name: string
  readonly username: string
}

export interface CfTarget {
  readonly guid: string
  readonly type: string
  readonly name: string
}

export interface CfEvent extends PracticeEvent {
  /** Number of the row: the order in which events became visible. */
  readonly row: number
  /** The `created_at` column, by another clock than the shown time and finer than a second. Version 3 filters and sorts by it. */
  readonly columnMs: number
  readonly type: string
  readonly actor: CfActor
  readonly target: CfTarget
  readonly metadata: Readonly<Record<string, Json>>
  /** Empty where the event belongs to none. */
  readonly spaceGuid: string
  readonly organizationGuid: string
}

export interface CfOrganization {
  readonly id: string
  readonly name: string
  readonly isDeleted: boolean
}

export interface CfSpace {
  readonly id: string
  readonly name: string
  readonly organization: CfOrganization
  readonly isDeleted: boolean
}

export interface CfApp {
  readonly id: string
  name: string
  readonly space: CfSpace
}

/** Organisations, spaces and apps as they stand after the events made so far. */
export interface CfWorld extends EventSource<CfEvent> {
  readonly organizations: readonly CfOrganization[]
  readonly spaces: readonly CfSpace[]
  readonly apps: Pool<CfApp>
}

const spaceNames = ['production', 'staging', 'development', 'sandbox'] as const
const organizationNames = ['meridian-core', 'meridian-data', 'partners', 'labs-retired'] as const

/** Objects that belong to the whole foundation: their events name neither space nor organisation. */
const foundationWide: ReadonlySet<CfObject> = new Set([
  'service',
  'service_broker',
  'service_plan',
  'service_plan_visibility',
  'service_dashboard_client',
  'buildpack',
  'stack',
  'organization_quota',
  'blob',
])

export const createCfWorld = (seed: string, people: People): CfWorld => {
  const random = createRandom(`${seed}/cloudfoundry`)
  const fileName = createFileNames(random)
  const organizations = organizationNames.map((name): CfOrganization => ({ id: random.uuid(), name, isDeleted: name === 'labs-retired' }))
  const spaces = organizations.flatMap((organization) =>
    spaceNames.map((name): CfSpace => ({ id: random.uuid(), name, organization, isDeleted: organization.isDeleted })),
  )
  const apps = createPool<CfApp>()
  const appName = (): string => (random.chance(1 / 80) ? fileName() : `${random.pick(appWords)}-${random.pick(appWords)}`)
  const someSpace = (): CfSpace => spaces[random.skewed(spaces.length)] ?? random.pick(spaces)
  const addApp = (): CfApp => apps.add({ id: random.uuid(), name: appName(), space: someSpace() })
  for (let count = 0; count < 24; count += 1) addApp()
  let lastRow = 0
  // Rare types take turns, so that all occur even in a small archive.
  let rareTypes = 0

  const user = (timeMs: number): CfActor => {
    const { cloudFoundryGuid, email, username } = people.actor(random, timeMs)
    return { guid: cloudFoundryGuid, type: 'user', name: email, username }
  }

  const actorOf = (type: CfType, app: CfApp, timeMs: number): CfActor => {
    if (type.name === 'app.crash') return { guid: app.id, type: 'app', name: app.name, username: '' }
    if (/\.process\.(crash|ready|not-ready|rescheduling)$/.test(type.name))
      return { guid: app.id, type: 'process', name: 'web', username: '' }
    if (type.object === 'blob') return { guid: 'system', type: 'system', name: 'system', username: '' }
    if (type.object === 'service_dashboard_client' || (type.object === 'service' && random.chance(0.5))) {
      return { guid: 'broker-0001', type: 'service_broker', name: 'postgres-broker', username: '' }
    }
    return user(timeMs)
  }

  const targetOf = (type: CfType, app: CfApp, space: CfSpace, timeMs: number): CfTarget => {
    switch (type.object) {
      case 'app':
        return { guid: app.id, type: 'app', name: app.name }
      case 'space':
        return { guid: space.id, type: 'space', name: space.name }
      case 'organization':
        return { guid: space.organization.id, type: 'organization', name: space.organization.name }
      case 'user': {
        const { guid, username } = user(timeMs)
        return { guid, type: 'user', name: random.chance(0.1) ? '' : username }
      }
      case 'service_route_binding':
        return { guid: random.uuid(), type: 'service_instance', name: `${random.pick(appWords)}-db` }
      case 'blob':
        return { guid: `${random.hex(2)}/${random.hex(2)}/${random.hex(36)}`, type: 'blob', name: '' }
      default:
        return { guid: random.uuid(), type: type.object, name: `${random.pick(appWords)}-${type.object.replace(/_/g, '-')}` }
    }
  }

  const metadataOf = (type: CfType, app: CfApp): Readonly<Record<string, Json>> => {
    switch (type.name) {
      case 'audit.app.update': {
        if (!random.chance(0.05)) {
          return { request: { instances: 1 + random.int(6), memory: 256 * (1 + random.int(8)), environment_json: '[PRIVATE DATA HIDDEN]' } }
        }
        const name = appName()
        const before = app.name
        app.name = name
        return { request: { name, before } }
      }
      case 'audit.app.process.crash':
      case 'app.crash':
        return {
          instance: random.uuid(),
          index: random.int(4),
          cell_id: `cell-${random.int(30)}`,
          reason: 'CRASHED',
          exit_description: random.pick([
            'Exited with status 1',
            'Exited with status 137 (out of memory)',
            'failed to accept connections within health check timeout',
          ]),
          crash_count: 1 + random.int(5),
        }
      case 'audit.app.ssh-authorized':
      case 'audit.app.ssh-unauthorized':
        return { index: random.int(4) }
      case 'audit.app.task.create':
        return { task_guid: random.uuid(), request: { command: '[PRIVATE DATA HIDDEN]' } }
      case 'audit.service_binding.create':
        return { request: { type: 'app', data: '[PRIVATE DATA HIDDEN]' } }
      default:
        return {}
    }
  }

  const make = (timeMs: number): CfEvent => {
    const type = (random.chance(0.04) ? allTypes[rareTypes++ % allTypes.length] : undefined) ?? random.weighted(commonTypes)
    const app = type.name === 'audit.app.create' ? addApp() : (apps.recent(random) ?? addApp())
    const space = type.object === 'app' ? app.space : someSpace()
    const hasSpace = !foundationWide.has(type.object) && type.object !== 'organization' && !type.name.startsWith('audit.user.organization_')
    const actor = actorOf(type, app, timeMs)
    const target = targetOf(type, app, space, timeMs)
    const metadata = metadataOf(type, app)
    if (type.name === 'audit.app.delete-request') apps.remove(app)
    lastRow += 1
    return {
      id: random.uuid(),
      row: lastRow,
      timeMs: Math.floor(timeMs / 1000) * 1000,
      columnMs: timeMs + random.int(1_800) - 900,
      type: type.name,
      actor,
      target,
      metadata,
      spaceGuid: hasSpace ? space.id : '',
      organizationGuid: foundationWide.has(type.object) ? '' : space.organization.id,
    }
  }

  // A late row is one whose transaction was committed long after its time: a new row number, old times.
  return { organizations, spaces, apps, next: make, late: make }
}
