import type { People, Person } from '../generator/people.ts'
import { jsonReply, slice, wholeNumber, type PracticeRequest, type Reply } from '../http/message.ts'
import type { PracticeClock } from '../types.ts'
import type { OnehubFile, OnehubFolder, OnehubWorkspace, OnehubWorld } from './records.ts'
import { pacificTime } from './zone.ts'

const availableRoles = ['Administrator', 'Moderator', 'Collaborator', 'Creator', 'Downloader', 'Printer', 'Viewer', 'Access Denied']
const perPage = 30

const listReply = (items: readonly unknown[], request: PracticeRequest): Reply => {
  const offset = wholeNumber(request.query.get('offset')) ?? 0
  return jsonReply(200, {
    total_entries: items.length,
    current_page: Math.floor(offset / perPage) + 1,
    total_pages: Math.ceil(items.length / perPage),
    per_page: perPage,
    items: slice(items, offset, perPage),
  })
}

/** Workspaces, files, folders and who has a role in them, as they are now. Answers null for a path that is none of these. */
export const createOnehubNames = (
  people: People,
  world: OnehubWorld,
  clock: PracticeClock,
): ((path: string, request: PracticeRequest) => Reply | null) => {
  const workspaceBody = (workspace: OnehubWorkspace): unknown => ({
    workspace: {
      id: workspace.id,
      name: workspace.name,
      root_folder_id: workspace.rootFolderId,
      owner_id: workspace.ownerId,
      audit_trail: true,
      is_owner: workspace.ownerId === people.reader.onehubId,
      effective_role: workspace.role,
      updated_at: pacificTime(workspace.createdMs),
      errors: {},
    },
  })
  const fileBody = (file: OnehubFile): unknown => ({
    file: {
      id: file.id,
      filename: file.name,
      created_at: pacificTime(file.createdMs),
      updated_at: pacificTime(file.updatedMs),
      user_id: file.userId,
      workspace_id: file.workspaceId,
      ancestor_ids: [file.folderId],
      size: file.sizeBytes,
      'hidden?': false,
      errors: {},
      thumbnail: null,
    },
  })
  const folderBody = ({ id, name, workspaceId, createdMs }: OnehubFolder): unknown => ({
    folder: {
      id,
      filename: name,
      workspace_id: workspaceId,
      created_at: pacificTime(createdMs),
      updated_at: pacificTime(createdMs),
      errors: {},
    },
  })

  const roleOf = (person: Person, workspace: OnehubWorkspace): string => {
    if (person === people.reader) return workspace.role
    return person.onehubId === workspace.ownerId ? 'Administrator' : 'Collaborator'
  }
  const rolemap = (id: number, role: string, user: unknown, userId: number, workspace: OnehubWorkspace): unknown => ({
    rolemap: { id, role, user_id: userId, workspace_id: workspace.id, available_roles: availableRoles, user },
  })
  const rolemaps = (workspace: OnehubWorkspace): readonly unknown[] => [
    ...[...workspace.members]
      .filter((person) => people.isThere(person, clock.now()))
      .map((person) => {
        const { onehubId: id, firstName, lastName, email } = person
        const user = { id, first_name: firstName, last_name: lastName, email, address: null, profile_photo_url: null }
        return rolemap(workspace.id * 10_000 + id, roleOf(person, workspace), user, id, workspace)
      }),
    ...[...workspace.invited].map((email, index) => {
      const id = 900_000 + workspace.id * 1_000 + index
      const user = { id, first_name: null, last_name: null, email, address: null, profile_photo_url: null }
      return rolemap(workspace.id * 10_000 + 9_000 + index, 'Viewer', user, id, workspace)
    }),
  ]

  const findWorkspace = (id: number): OnehubWorkspace | undefined => world.workspaces.find((workspace) => workspace.id === id)
  const folderContents = (id: number): readonly unknown[] | null => {
    const workspace = world.workspaces.find(
      ({ rootFolderId, folders }) => rootFolderId === id || folders.some((folder) => folder.id === id),
    )
    if (workspace === undefined) return null
    const folders = workspace.rootFolderId === id ? workspace.folders.map(folderBody) : []
    return [...folders, ...workspace.files.all.filter(({ folderId }) => folderId === id).map(fileBody)]
  }
  const workspaceOf = (kind: string, id: number): OnehubWorkspace | undefined => {
    if (kind === 'workspaces') return findWorkspace(id)
    if (kind === 'files') return findWorkspace(world.findFile(id)?.workspaceId ?? -1)
    return world.workspaces.find(({ rootFolderId, folders }) => rootFolderId === id || folders.some((folder) => folder.id === id))
  }

  return (path, request) => {
    if (path === '/workspaces') return listReply(world.workspaces.map(workspaceBody), request)
    const [, kind = '', idText = '', detail = ''] = /^\/(workspaces|files|folders)\/(\d+)(?:\/(folders|rolemaps))?$/.exec(path) ?? []
    const id = Number(idText)
    if (detail === 'rolemaps') {
      const workspace = workspaceOf(kind, id)
      return workspace === undefined ? null : listReply(rolemaps(workspace), request)
    }
    if (kind === 'workspaces') {
      const workspace = findWorkspace(id)
      if (workspace === undefined) return null
      return detail === 'folders' ? listReply(workspace.folders.map(folderBody), request) : jsonReply(200, workspaceBody(workspace))
    }
    if (kind === 'files' && detail === '') {
      const file = world.findFile(id)
      return file === undefined ? null : jsonReply(200, fileBody(file))
    }
    const contents = kind === 'folders' && detail === '' ? folderContents(id) : null
    return contents === null ? null : listReply(contents, request)
  }
}
