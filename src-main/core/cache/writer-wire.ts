import type { ErrorData } from '../../contract/errors.ts'
import type { PackedPage } from './page-packing.ts'
import type { ColumnSegment } from './reader-port.ts'
import type { WriterCore } from './write/writer.ts'

/** Methods that are called by name with their own arguments. */
export type PlainMethod = Exclude<keyof WriterCore, 'commitPages' | 'saveSegments' | 'rest'>

/** Client → writer thread. */
export type WriterRequest =
  | { readonly id: number; readonly type: 'call'; readonly method: PlainMethod; readonly args: readonly unknown[] }
  | { readonly id: number; readonly type: 'page'; readonly page: PackedPage }
  | { readonly id: number; readonly type: 'segments'; readonly segments: readonly ColumnSegment[] }
  | { readonly id: number; readonly type: 'hold'; readonly purpose: string; readonly waitMs: number }
  /** The hold with this id is not wanted any more, whether waited for or taken. */
  | { readonly id: number; readonly type: 'release'; readonly hold: number }
  | { readonly id: number; readonly type: 'close' }

/** Writer thread → client. The first message is the reply to request 0: the archive is open, or why not. */
export type WriterMessage =
  | { readonly type: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'progress'; readonly task: string; readonly done: number; readonly total: number | null }
