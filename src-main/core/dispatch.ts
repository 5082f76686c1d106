import type { z } from 'zod'
import { api, type CheckedInput, type MethodName, type Output } from '../contract/api.ts'
import { TrailviewError, type ErrorData } from '../contract/errors.ts'
import type { Reply } from '../contract/wire.ts'
import type { Log } from './ports.ts'

/** What a handler gets beside its input. */
export interface Call {
  /** Aborts when the caller cancels or goes away. */
  readonly signal: AbortSignal
}

export type Handler<N extends MethodName> = (input: CheckedInput<N>, call: Call) => Promise<Output<N>>

/** One handler for every method of the contract. */
export type HandlerTable = { readonly [N in MethodName]: Handler<N> }

/** The handlers of one area, such as `events`. */
export type AreaHandlers<A extends string> = { readonly [N in Extract<MethodName, `${A}.${string}`>]: Handler<N> }

export type Dispatch = (name: string, input: unknown, signal?: AbortSignal) => Promise<Reply>

/** The only door into the core: finds the method, checks the input, runs the handler, and turns whatever happens into an envelope. Never rejects. */
export function createDispatch(handlers: HandlerTable, log: Log): Dispatch {
  return async (name, input, signal = new AbortController().signal) => {
    if (!isMethodName(name))
      return failure(new TrailviewError('CALL_UNKNOWN', `There is no call named ${JSON.stringify(name.slice(0, 80))}.`))
    const checked = api[name].input.safeParse(input ?? {})
    if (!checked.success)
      return failure(new TrailviewError('CALL_INVALID', `${name} was called with input it cannot take. ${problems(checked.error)}`))
    try {
      signal.throwIfAborted()
      // The table pairs each name with its own input type; the compiler cannot follow that through a name only known at run time.
      const handler = handlers[name] as (input: unknown, call: Call) => Promise<unknown>
      return { ok: true, value: await handler(checked.data, { signal }) }
    } catch (error) {
      if (signal.aborted) return failure(new TrailviewError('CALL_CANCELLED', `${name} was cancelled.`))
      if (!(error instanceof TrailviewError)) log.error(`${name} failed unexpectedly`, { error: describe(error) })
      return failure(error)
    }
  }
}

function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(api, name)
}

function failure(error: unknown): { readonly ok: false; readonly error: ErrorData } {
  return { ok: false, error: toErrorData(error) }
}

/** Any thrown thing as data for the reader; what was not thrown on purpose becomes INTERNAL, without its stack. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof TrailviewError) return error.toData()
  return {
    code: 'INTERNAL',
    message: `Something unexpected happened inside Trailview: ${describe(error)}. Nothing that was stored is affected; try again, and report this sentence if it comes back.`,
    retryable: true,
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function problems(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.length === 0 ? 'Input' : issue.path.join('.')}: ${issue.message}.`)
    .join(' ')
}
