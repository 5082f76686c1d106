import { createFileNames, plainName } from '../generator/names.ts'
import type { People, Person } from '../generator/people.ts'
import { createPool, type Pool } from '../generator/pool.ts'
import { places } from '../generator/words.ts'
import type { EventSource } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeEvent } from '../types.ts'
import { anchor, bare, complement, escapeMarkup, fileSize, object } from './markup.ts'

export type OnehubVerb = 'create' | 'upload' | 'read' | 'download' | 'update' | 'delete' | 'invite'

export interface OnehubEvent extends PracticeEvent {
  readonly verb: OnehubVerb
  readonly userId: number
  readonly workspaceId: number
  readonly fileId: number | null
  readonly detail: string
}

export type OnehubRole = 'Administrator' | 'Moderator' | 'Collaborator' | 'Viewer'

export interface OnehubFile {
  readonly id: number
  /** The name it has now; events keep the one it had then. */
  name: string
  readonly sizeBytes: number
  readonly userId: number
  readonly workspaceId: number
  folderId: number
  readonly createdMs: number
  updatedMs: number
}

export interface OnehubFolder {
  readonly id: number
  readonly name: string
  readonly workspaceId: number
  readonly createdMs: number
}

export interface OnehubWorkspace {
  readonly id: number
  readonly name: string
  readonly rootFolderId: number
  readonly ownerId: number
  /** The reading account's role. */
  readonly role: OnehubRole
  readonly createdMs: number
  /** Everybody who ever did something here. */
  readonly members: Set<Person>
  /** E-mails invited and not yet come. */
  readonly invited: Set<string>
  readonly files: Pool<OnehubFile>
  readonly folders: OnehubFolder[]
}

/** Workspaces and files as they stand after the events made so far. */
export interface OnehubWorld extends EventSource<OnehubEvent> {
  readonly workspaces: readonly OnehubWorkspace[]
  findFile(id: number): OnehubFile | undefined
}

const verbWeights: readonly (readonly [OnehubVerb, number])[] = [
  ['read', 52],
  ['download', 18],
  ['upload', 12],
  ['update', 9],
  ['create', 3],
  ['delete', 3],
  ['invite', 3],
]

const roles: readonly OnehubRole[] = ['Administrator', 'Moderator', 'Administrator', 'Viewer', 'Collaborator']

export const createOnehubWorld = (seed: string, people: People, fromMs: number): OnehubWorld => {
  const random = createRandom(`${seed}/onehub`)
  const fileName = createFileNames(random)
  let lastEventId = 5_000_000
  let lastObjectId = 849_000
  const filesById = new Map<number, OnehubFile>()

  const workspaces = places.map((name, index): OnehubWorkspace => ({
    id: 4137 + index * 11,
    name,
    rootFolderId: 700_000 + index,
    ownerId: (index % 3 === 0 ? people.reader : random.pick(people.all)).onehubId,
    role: roles[index % roles.length] ?? 'Viewer',
    createdMs: fromMs - (index + 1) * 86_400_000,
    members: new Set([people.reader]),
    invited: new Set(),
    files: createPool(),
    folders: [],
  }))

  const addFile = (workspace: OnehubWorkspace, person: Person, timeMs: number): OnehubFile => {
    lastObjectId += 1 + random.int(9)
    const file: OnehubFile = {
      id: lastObjectId,
      name: fileName(),
      sizeBytes: Math.round(1_000 * 10_000 ** random.next()),
      userId: person.onehubId,
      workspaceId: workspace.id,
      folderId: workspace.folders[random.skewed(workspace.folders.length + 1)]?.id ?? workspace.rootFolderId,
      createdMs: timeMs,
      updatedMs: timeMs,
    }
    workspace.files.add(file)
    filesById.set(file.id, file)
    return file
  }
  const addFolder = (workspace: OnehubWorkspace, timeMs: number): OnehubFolder => {
    lastObjectId += 1 + random.int(9)
    const folder: OnehubFolder = { id: lastObjectId, name: plainName(random), workspaceId: workspace.id, createdMs: timeMs }
    workspace.folders.push(folder)
    return folder
  }
  for (const workspace of workspaces) {
    addFolder(workspace, workspace.createdMs)
    for (let count = 0; count < 5; count += 1) addFile(workspace, people.reader, workspace.createdMs)
  }

  const workspaceObject = ({ id, name }: OnehubWorkspace): string => object(`${anchor(`/workspaces/${id}`, name)} Workspace`)
  const fileObject = ({ id, workspaceId, name }: OnehubFile): string =>
    object(`${anchor(`/workspaces/${workspaceId}/files/${id}`, name)} File`)
  const folderObject = ({ id, workspaceId, name }: OnehubFolder): string =>
    object(`${anchor(`/workspaces/${workspaceId}/folders/${id}`, name)} Folder`)

  /** Recent files far more often than old ones. */
  const someFile = (workspace: OnehubWorkspace, person: Person, timeMs: number): OnehubFile =>
    workspace.files.recent(random) ?? addFile(workspace, person, timeMs)

  interface Deed {
    readonly predicate: string
    readonly clause: string
    readonly fileId: number | null
  }
  const withFile = (predicate: string, file: OnehubFile, workspace: OnehubWorkspace, preposition: 'in' | 'to'): Deed => ({
    predicate,
    clause: `the ${fileObject(file)} ${complement(fileSize(file.sizeBytes))} ${preposition} the ${workspaceObject(workspace)}`,
    fileId: file.id,
  })

  const update = (workspace: OnehubWorkspace, person: Person, timeMs: number): Deed => {
    const file = someFile(workspace, person, timeMs)
    file.updatedMs = timeMs
    if (random.chance(0.5)) {
      const before = fileObject(file)
      file.name = fileName()
      return { predicate: 'renamed', clause: `the ${before} to ${bare(file.name)} in the ${workspaceObject(workspace)}`, fileId: file.id }
    }
    if (random.chance(0.5)) {
      const folder = random.pick(workspace.folders)
      file.folderId = folder.id
      const clause = `the ${fileObject(file)} to the ${folderObject(folder)} in the ${workspaceObject(workspace)}`
      return { predicate: 'moved', clause, fileId: file.id }
    }
    return withFile('updated', file, workspace, 'in')
  }

  const remove = (workspace: OnehubWorkspace, person: Person, timeMs: number): Deed => {
    const file = someFile(workspace, person, timeMs)
    workspace.files.remove(file)
    filesById.delete(file.id)
    return { predicate: 'deleted', clause: `the ${bare(`${file.name} File`)} in the ${workspaceObject(workspace)}`, fileId: file.id }
  }

  const invite = (workspace: OnehubWorkspace): Deed => {
    const email = `guest${random.int(400)}@partner.example`
    workspace.invited.add(email)
    return { predicate: 'invited', clause: `${bare(email)} to the ${workspaceObject(workspace)}`, fileId: null }
  }

  const act = (verb: OnehubVerb, workspace: OnehubWorkspace, person: Person, timeMs: number): Deed => {
    switch (verb) {
      case 'read':
        return withFile('viewed', someFile(workspace, person, timeMs), workspace, 'in')
      case 'download':
        return withFile('downloaded', someFile(workspace, person, timeMs), workspace, 'in')
      case 'upload':
        return withFile('uploaded', addFile(workspace, person, timeMs), workspace, 'to')
      case 'update':
        return update(workspace, person, timeMs)
      case 'delete':
        return remove(workspace, person, timeMs)
      case 'invite':
        return invite(workspace)
      case 'create': {
        const folder = addFolder(workspace, timeMs)
        return { predicate: 'created', clause: `the ${folderObject(folder)} in the ${workspaceObject(workspace)}`, fileId: null }
      }
    }
  }

  const next = (timeMs: number): OnehubEvent => {
    const secondMs = Math.floor(timeMs / 1000) * 1000
    const person = people.actor(random, timeMs)
    const workspace = workspaces[random.skewed(workspaces.length)] ?? random.pick(workspaces)
    workspace.members.add(person)
    const verb = random.weighted(verbWeights)
    const { predicate, clause, fileId } = act(verb, workspace, person, secondMs)
    lastEventId += 1 + random.int(4)
    return {
      id: String(lastEventId),
      timeMs: secondMs,
      verb,
      userId: person.onehubId,
      workspaceId: workspace.id,
      fileId,
      detail: `<subject>${escapeMarkup(person.fullName)}</subject> <predicate>${predicate}</predicate> ${clause}`,
    }
  }

  // A late row has a new id and an old time: the service numbers rows as it writes them.
  return { workspaces, findFile: (id) => filesById.get(id), next, late: next }
}
