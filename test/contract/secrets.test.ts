import { describe, expect, it } from 'vitest'
import { api, type MethodName, type Output } from '../../src-main/contract/api.ts'
import type { PushName, PushTable } from '../../src-main/contract/push.ts'

type SecretName =
  | 'credential'
  | 'password'
  | 'passphrase'
  | 'token'
  | 'accessToken'
  | 'refreshToken'
  | 'clientSecret'
  | 'secret'
  | 'keyHex'
  | 'authorization'

/** True when a value of the type could hold a field with a secret's name, at any depth. */
type HoldsSecret<T> = T extends string | number | boolean | null | undefined
  ? false
  : T extends readonly (infer E)[]
    ? HoldsSecret<E>
    : T extends object
      ? string extends keyof T
        ? HoldsSecret<T[keyof T]>
        : Extract<keyof T, SecretName> extends never
          ? { [K in keyof T]-?: HoldsSecret<T[K]> }[keyof T]
          : true
      : false

type Caught = HoldsSecret<{ readonly list: readonly { readonly token: string }[] }>
type Leaking = { [N in MethodName]: true extends HoldsSecret<Output<N>> ? N : never }[MethodName]
type LeakingPush = { [N in PushName]: true extends HoldsSecret<PushTable[N]> ? N : never }[PushName]

describe('secrets go one way: in', () => {
  it('no reply and no push has a field for one (held by the compiler)', () => {
    const wouldBeCaught: Caught = true
    const leaking: Leaking[] = []
    const leakingPushes: LeakingPush[] = []
    const none: never[] = [...leaking, ...leakingPushes]
    expect([wouldBeCaught, none]).toEqual([true, []])
  })

  it('only connections and the passphrase take one', () => {
    const takers = Object.entries(api).filter(([, { input }]) =>
      /credential|passphrase|password|token|secret/i.test(JSON.stringify(describeKeys(input))),
    )
    expect(takers.map(([name]) => name).sort()).toEqual(['archive.unlock', 'connections.save', 'connections.test'])
  })
})

/** The names of every field an input schema knows. */
function describeKeys(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || !('def' in schema)) return null
  const { def } = schema as { readonly def: Record<string, unknown> }
  if (def['type'] === 'object')
    return Object.entries(def['shape'] as Record<string, unknown>).map(([key, value]) => [key, describeKeys(value)])
  return ['innerType', 'element', 'in', 'out', 'options'].flatMap((part) =>
    Array.isArray(def[part]) ? def[part].map(describeKeys) : [describeKeys(def[part])],
  )
}
