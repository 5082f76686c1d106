import type { ErrorData } from './errors.ts'
import type { MethodName } from './api.ts'
import type { PushMessage } from './push.ts'

/** Screen → core. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly method: MethodName; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }

/** Reply of a call; values survive JSON. */
export type Reply<T = unknown> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorData }

/** Core → screen. */
export type ServerMessage =
  { readonly type: 'reply'; readonly id: number; readonly reply: Reply } | { readonly type: 'push'; readonly push: PushMessage }
