import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { createCore } from '../core/create-core.ts'
import { nodePorts } from '../core/node-ports.ts'
import { addPracticeConnections } from '../core/practice-connections.ts'
import { screenFolder } from '../core/screen-files.ts'
import { createPracticeFolder, startPractice } from '../demo/practice-home.ts'
import { startLoopbackServer, type LoopbackServer } from './loopback-server.ts'
import { readOptions, type HostOptions } from './options.ts'
import { chooseBrowser, openWindow } from './window.ts'

/** Runs the app on the loopback address until it is told to stop or its window is closed; returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  // Whatever was started is ended in the opposite order, also when a later step fails.
  const endings: (() => Promise<void>)[] = []
  let isEnding = false
  const stopped = stopSignal()
  try {
    const options = readOptions(args)
    const home = options.isDemo ? createPracticeFolder() : options.home
    const ports = nodePorts({
      shell: 'browser',
      version: packageJson.version,
      runsSchedule: true,
      isDemo: options.isDemo,
      ...(home === null ? {} : { home }),
    })
    const core = await createCore(ports)
    endings.push(() => core.dispose())
    if (options.isDemo) {
      const { services, end } = await startPractice(ports.home)
      endings.unshift(end)
      void addPracticeConnections(core.dispatch, services).catch((error: unknown) => isEnding || say(error))
    }
    const server = await startLoopbackServer({ core, rendererFolder: screenFolder(import.meta.url), port: options.port })
    endings.push(() => server.close())

    await serve(options, server, join(ports.home, 'browser'), stopped)
    return 0
  } catch (error) {
    say(error)
    return 1
  } finally {
    isEnding = true
    for (const end of endings.reverse()) await end().catch(say)
  }
}

/** Says which way was taken and why, opens the window if there is to be one, and waits for the end. */
async function serve(options: HostOptions, server: LoopbackServer, windowFolder: string, stopped: Promise<void>): Promise<void> {
  const choice = options.opensWindow ? chooseBrowser(process.env, process.platform, process.getuid?.() ?? null) : '--no-open was given'
  const noElectron = options.why === null ? '' : `${options.why}, and `
  if (typeof choice === 'string') {
    print(`Open the address below in a browser, because ${noElectron}${choice}.`)
    print(`Trailview is ready at ${server.url}`)
    return stopped
  }
  print(`Trailview opens in a window of ${choice.name} (${choice.path}), because ${options.why ?? 'the loopback host was started'}.`)
  print(`Trailview is ready at ${server.url}`)
  const window = await openWindow(choice, server.url, windowFolder)
  const first = await Promise.race([stopped, window.closed.then(() => 'closed' as const)])
  if (first !== 'closed') return window.close()
  if (server.wasOpened()) return
  print(`${choice.name} did not open a window. Open the address above in a browser.`)
  return stopped
}

/** Resolves when the process is first told to end; the second time it ends at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    const stop = (): void => {
      if (isStopping) process.exit(130)
      isStopping = true
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
  })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function say(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}
