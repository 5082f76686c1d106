import { join } from 'node:path'

export const archiveFileName = 'archive.trailview'

/** File of the archive in its home. */
export const archivePath = (home: string): string => join(home, archiveFileName)

/** Locked for as long as a process holds the right to collect. Empty. */
export const collectLockPath = (home: string): string => join(home, 'archive.trailview-writer')

/** Who holds the right to collect, for the sentence that says so. May be left over from a process that ended. */
export const collectHolderPath = (home: string): string => join(home, 'archive.trailview-writer.json')
