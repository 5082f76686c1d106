import { request as startRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface AskOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** One plain HTTP request, with every header in the test's hands (`fetch` forbids some of them). */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, signal } = options
    const request = startRequest({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers,
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    })
    request.on('error', reject)
    request.on(
      'response',
      (response) =>
        void readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }), reject),
    )
    request.end(body)
  })
}

async function readAll(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
