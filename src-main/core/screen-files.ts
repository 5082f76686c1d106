import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

export interface ScreenFile {
  readonly type: string
  readonly body: Buffer
}

/**
 * A file of the built screen by its URL path; null when there is none, or the path leads out of the folder.
 * A path without an extension is an address inside the screen, and gets the page itself.
 */
export async function readScreenFile(folder: string, urlPath: string): Promise<ScreenFile | null> {
  const asked = decode(urlPath)
  if (asked === null || asked.includes('\0')) return null
  const path = normalize(join(folder, extname(asked) === '' ? 'index.html' : asked))
  const type = types[extname(path)]
  if (type === undefined || !path.startsWith(folder + sep)) return null
  const body = await readFile(path).catch(() => null)
  return body === null ? null : { type, body }
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/** Where the built screen lies, seen from a built script or from a source file two folders down. */
export function screenFolder(importMetaUrl: string): string {
  return fileURLToPath(new URL(importMetaUrl.endsWith('.ts') ? '../../out/renderer' : '../renderer', importMetaUrl))
}

/**
 * What the page may do: run and show its own files, and connect to `connectTo`. Naive UI writes styles into the page;
 * nothing else is inline.
 */
export function contentSecurityPolicy(connectTo: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self' data:`,
    `connect-src ${connectTo}`,
    `worker-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `object-src 'none'`,
  ].join('; ')
}
