import { app } from 'electron'
import { startShell } from './shell.ts'

// Nothing here waits at the top level: Electron becomes ready only after this module has been read to its end.
startShell(process.argv.slice(app.isPackaged ? 1 : 2)).catch((error: unknown) => {
  process.stderr.write(`Trailview could not start: ${error instanceof Error ? error.message : String(error)}\n`)
  app.exit(1)
})
