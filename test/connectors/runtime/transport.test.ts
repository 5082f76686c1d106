import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { finallyDo, linkTo } from './practice-server.ts'

const pathOf = (name: string): string => fileURLToPath(new URL(`./tls/${name}`, import.meta.url))
const authority = readFileSync(pathOf('authority.pem'), 'utf8')

async function serveTls(): Promise<number> {
  const server = createHttpsServer(
    { cert: readFileSync(pathOf('localhost.pem')), key: readFileSync(pathOf('localhost.key.pem')) },
    (_request, response) => response.end('{"a":1}'),
  )
  await new Promise<void>((resolve) => server.listen(0, resolve))
  finallyDo(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A proxy that tunnels everything to one port of this machine and notes what it was asked for. */
async function serveProxy(port: number): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const proxy = createHttpServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    if (port === 0) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const target = connect(port, 'localhost', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(socket).pipe(target)
    })
    target.on('error', () => socket.destroy())
    socket.on('error', () => target.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  finallyDo(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked }
}

describe('certificates', () => {
  it('are never taken on trust', async () => {
    const port = await serveTls()
    await expect(
      linkTo(new URL(`https://localhost:${port}`))
        .client()
        .request('/'),
    ).rejects.toMatchObject({
      code: 'SERVICE_TLS',
      message: expect.stringContaining('no authority known here has signed it') as string,
    })
  })

  it.each([
    ['text', authority],
    ['path', pathOf('authority.pem')],
  ])('of a private authority are accepted when it was added as %s', async (_how, ca) => {
    const port = await serveTls()
    expect(
      (
        await linkTo(new URL(`https://localhost:${port}`), { options: { ca } })
          .client()
          .request('/')
      ).json(),
    ).toEqual({ a: 1 })
  })

  it('must name the host that was asked', async () => {
    const port = await serveTls()
    await expect(
      linkTo(new URL(`https://127.0.0.1:${port}`), { options: { ca: authority } })
        .client()
        .request('/'),
    ).rejects.toMatchObject({
      code: 'SERVICE_TLS',
      message: expect.stringContaining('belongs to another name') as string,
    })
  })

  it('that cannot be read are said so before anything is sent', () => {
    const baseUrl = new URL('https://localhost')
    for (const ca of ['/no/such/file.pem', pathOf('localhost.key.pem')]) {
      expect(() => linkTo(baseUrl, { options: { ca } })).toThrow(expect.objectContaining({ code: 'CONNECTION_INVALID' }))
    }
  })
})

describe('proxies', () => {
  // The proxy resolves the name, so one that nobody else knows shows that it was asked; the certificate is the wrong one then.
  const remote = new URL('https://service.invalid')
  const throughProxy = { code: 'SERVICE_TLS' }

  it.each(['environment', 'settings', 'connection'])('come from the %s', async (place) => {
    const proxy = await serveProxy(await serveTls())
    const link = linkTo(remote, {
      environment: place === 'environment' ? { https_proxy: proxy.url } : {},
      proxyUrl: place === 'settings' ? proxy.url : '',
      options: place === 'connection' ? { proxy: proxy.url, ca: authority } : { ca: authority },
    })
    await expect(link.client().request('/')).rejects.toMatchObject(throughProxy)
    expect(proxy.asked).toEqual(['service.invalid:443'])
  })

  it('are left out for this machine, for NO_PROXY, and for "direct"', async () => {
    const port = await serveTls()
    const proxy = await serveProxy(port)
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: 'service.invalid' }
    await linkTo(new URL(`https://localhost:${port}`), { environment, options: { ca: authority } })
      .client()
      .request('/')
    await expect(linkTo(remote, { environment }).client().request('/')).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    await expect(
      linkTo(remote, { environment: { HTTPS_PROXY: proxy.url }, options: { proxy: 'direct' } })
        .client()
        .request('/'),
    ).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    expect(proxy.asked).toEqual([])
  })

  it('that refuse are named as what they are, and their password never', async () => {
    const proxy = await serveProxy(0)
    const proxyUrl = proxy.url.replace('//', '//user:hidden-password@')
    await expect(linkTo(remote, { proxyUrl }).client().request('/')).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.stringContaining('proxy') as string,
    })
    expect(() => linkTo(remote, { environment: { HTTPS_PROXY: 'user:hidden-password@proxy' } })).toThrow(
      expect.objectContaining({ code: 'CONNECTION_INVALID', message: expect.not.stringContaining('hidden') as string }),
    )
  })
})
