import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Core } from '../core/create-core.ts'
import { readScreenFile } from '../core/screen-files.ts'
import { isFromUs, securityHeaders } from './headers.ts'
import { createSession } from './session.ts'
import { linkWindow, type WindowLink } from './window-link.ts'

export interface LoopbackOptions {
  readonly core: Pick<Core, 'dispatch' | 'onPush'>
  /** Folder of the built screen. */
  readonly rendererFolder: string
  /** 0: any free port. */
  readonly port: number
}

export interface LoopbackServer {
  /** The address to open, with the one-time token. */
  readonly url: string
  /** Whether someone has opened it: the token is used up then. */
  readonly wasOpened: () => boolean
  /** Cancels what runs, closes every connection. */
  close(): Promise<void>
}

/** The largest message of a window: thousands of event ids to mark, or a form with a certificate. */
const maxMessageBytes = 2 * 1024 * 1024

/** Serves the screen and the core on 127.0.0.1, to the one browser that brings the token. Rejects when the port is taken. */
export async function startLoopbackServer(options: LoopbackOptions): Promise<LoopbackServer> {
  const { core, rendererFolder } = options
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 })
  const port = await listen(server, options.port)
  const host = `127.0.0.1:${port}`
  const session = createSession(port)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false })
  const windows = new Set<WindowLink>()
  const headers = securityHeaders(host)

  const stopPushes = core.onPush((push) => {
    for (const window of windows) window.push(push)
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const [pathname = '/'] = (request.url ?? '/').split('?')
    if (request.method === 'GET' && pathname.startsWith('/open/') && request.headers.host === host) {
      return open(response, pathname.slice('/open/'.length))
    }
    if (!isFromUs(request, host, false)) return plain(response, 403, 'This address answers to Trailview’s own window only.')
    if (!session.isOpenTo(request)) return plain(response, 401, 'Open Trailview with the address that it printed when it started.')
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'Nothing can be done here with this method.')
    const file = await readScreenFile(rendererFolder, pathname)
    if (file === null) return plain(response, 404, 'There is no such file.')
    response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  function open(response: ServerResponse, token: string): void {
    const cookie = session.exchange(token)
    if (cookie === null)
      return plain(response, 403, 'This address was used already or is not ours. Start Trailview again to get a new one.')
    // Not a redirect: one that began at a link elsewhere counts as cross-site to its end, and the cookie would stay behind.
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': cookie })
    response.end('<!doctype html><meta http-equiv="refresh" content="0;url=/"><link rel="icon" href="data:,"><title>Trailview</title>')
  }

  server.on('request', (request, response) => {
    handle(request, response).catch(() =>
      response.headersSent ? response.destroy() : plain(response, 500, 'This request could not be answered.'),
    )
  })
  server.on('upgrade', (request, socket, head) => {
    const isWelcome = request.url === '/link' && isFromUs(request, host, true) && session.isOpenTo(request)
    if (!isWelcome) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const window = linkWindow(client, core.dispatch)
      windows.add(window)
      client.on('close', () => windows.delete(window))
    })
  })

  return {
    url: `http://${host}/open/${session.token}`,
    wasOpened: () => session.wasOpened,
    async close() {
      stopPushes()
      for (const window of windows) window.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken by another program. Choose another with --port, or leave it out.`)
          : error,
      )
    }
    server.once('error', onError)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', onError)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function plain(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`)
}
