import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Browser {
  /** As the user knows it. */
  readonly name: string
  readonly path: string
}

const onPath: readonly Browser[] = [
  { name: 'Chromium', path: 'chromium' },
  { name: 'Chromium', path: 'chromium-browser' },
  { name: 'Chrome', path: 'google-chrome-stable' },
  { name: 'Chrome', path: 'google-chrome' },
  { name: 'Chrome', path: 'chrome' },
  { name: 'Edge', path: 'microsoft-edge-stable' },
  { name: 'Edge', path: 'microsoft-edge' },
]

const inApplications: readonly Browser[] = [
  { name: 'Chrome', path: 'Google Chrome.app/Contents/MacOS/Google Chrome' },
  { name: 'Chromium', path: 'Chromium.app/Contents/MacOS/Chromium' },
  { name: 'Edge', path: 'Microsoft Edge.app/Contents/MacOS/Microsoft Edge' },
]

const inProgramFiles: readonly Browser[] = [
  { name: 'Chrome', path: 'Google\\Chrome\\Application\\chrome.exe' },
  { name: 'Edge', path: 'Microsoft\\Edge\\Application\\msedge.exe' },
  { name: 'Chromium', path: 'Chromium\\Application\\chrome.exe' },
]

/** The first Chromium, Chrome or Edge on the search path or in the usual places; null when there is none. */
export function findChromium(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Browser | null {
  return candidates(environment, platform).find(({ path }) => isProgram(path)) ?? null
}

function candidates(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly Browser[] {
  const folders = (names: readonly string[]) => names.map((name) => environment[name]).filter((folder) => folder !== undefined)
  const within = (places: readonly string[], browsers: readonly Browser[]) =>
    browsers.flatMap(({ name, path }) => places.map((place) => ({ name, path: join(place, path) })))
  switch (platform) {
    case 'darwin':
      return within(['/Applications', join(environment['HOME'] ?? '', 'Applications')], inApplications)
    case 'win32':
      return within(folders(['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']), inProgramFiles)
    default:
      return within((environment['PATH'] ?? '').split(delimiter), onPath)
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
