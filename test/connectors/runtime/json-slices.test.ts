import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonStructureError } from '../../../src-main/core/connectors/runtime/json-slices.ts'
import { parseJson, recordsAt, sliceElements, sliceValue } from '../../../src-main/core/connectors/runtime/records.ts'
import type { ServiceResponse } from '../../../src-main/core/connectors/define.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const slices = (text: string, path: string[]): string[] | null => sliceElements(bytesOf(text), path)?.map(textOf) ?? null
const responseOf = (text: string, headers = {}): ServiceResponse => {
  const bytes = bytesOf(text)
  return {
    status: 200,
    headers,
    bytes,
    url: new URL('https://api.example.com/v2/event?token=hidden'),
    text: () => text,
    json: () => JSON.parse(text) as unknown,
  }
}

describe('sliceElements', () => {
  it('cuts the exact bytes of every element, whatever its type and the white space around it', () => {
    const text = '\ufeff { "a":{"items" : [ {"x":"]}" ,"n": 1.0} , "a\\"b",null,[[ ]],-0 ]}} \n'
    expect(slices(text, ['a', 'items'])).toEqual(['{"x":"]}" ,"n": 1.0}', '"a\\"b"', 'null', '[[ ]]', '-0'])
  })

  it('reads escaped keys and the array at the top', () => {
    expect(slices('{"it\\u0065ms":[1]}', ['items'])).toEqual(['1'])
    expect(slices('[1,[2]]', [])).toEqual(['1', '[2]'])
  })

  it('loses nothing where a key is repeated', () => {
    expect(slices('{"data":[1],"data":[2,3]}', ['data'])).toEqual(['1', '2', '3'])
    expect(textOf(sliceValue(bytesOf('{"event":{"id":1},"event":{"id":2}}'), ['event']) ?? new Uint8Array())).toBe('{"id":2}')
  })

  it('tells an absent list from an empty one', () => {
    expect(slices('{"items":[]}', ['items'])).toEqual([])
    expect(slices('{"items":null}', ['items'])).toBeNull()
    expect(slices('{}', ['items'])).toBeNull()
  })

  it('survives nesting deeper than any stack', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(slices(`{"items":[${deep}]}`, ['items'])).toEqual([deep])
  })

  it.each(['{"a":[1}', '{"a":[]}x', '{"a":[1,]}', '{"a":[,1]}', '{a:1}', '<html>', '{"a" 1}'])('refuses %s as broken', (text) => {
    expect(() => slices(text, ['a'])).toThrow(expect.objectContaining({ name: 'JsonStructureError', isTruncated: false }))
  })

  it('gives back every element of any document, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (items, around, indent) => {
        const text = JSON.stringify({ ...around, items, zz: around }, null, indent)
        expect(slices(text, ['items'])?.map((slice) => JSON.parse(slice) as unknown)).toEqual(JSON.parse(JSON.stringify(items)))
        expect(slices(text, ['items'])?.every((slice) => text.includes(slice))).toBe(true)
      }),
    )
  })

  it('calls every proper beginning of a document truncated, never complete', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(), (items, at) => {
        const bytes = bytesOf(JSON.stringify({ items }))
        const part = bytes.subarray(0, at % bytes.length)
        try {
          sliceElements(part, ['items'])
          expect.unreachable()
        } catch (error) {
          expect(error).toBeInstanceOf(JsonStructureError)
          expect(error).toMatchObject({ isTruncated: true })
        }
      }),
    )
  })
})

describe('parseJson', () => {
  it('keeps whole numbers beyond 2^53 as digits and everything else as JSON.parse has it', () => {
    expect(
      parseJson(
        '{"id":9007199254740993,"n":-12345678901234567890,"s":"12345678901234567890","f":0.12345678901234567,"k":9007199254740991}',
      ),
    ).toEqual({
      id: '9007199254740993',
      n: '-12345678901234567890',
      s: '12345678901234567890',
      f: 0.12345678901234567,
      k: 9007199254740991,
    })
  })

  it('keeps a key named __proto__ as data', () => {
    expect(Object.keys(parseJson('{"__proto__":{"id":12345678901234567890}}') as object)).toEqual(['__proto__'])
  })
})

describe('recordsAt', () => {
  it('keeps a record that is no valid JSON among those that are', () => {
    const records = recordsAt(responseOf('{"items":[{"id":1},{"id":NaN},{"t":"\u0001"}]}'), ['items'])
    expect(records.map(({ value }) => value)).toEqual([{ id: 1 }, undefined, undefined])
    expect(records.map(({ bytes }) => textOf(bytes))[1]).toBe('{"id":NaN}')
  })

  it.each([
    ['<!doctype html><p>hidden', 'a web page', false],
    ['{"items":[{"id":', 'ends in the middle', true],
    ['', 'an empty body', true],
    ['nothing of the sort', 'not JSON', false],
  ])('says what came instead of JSON: %s', (text, words, retryable) => {
    try {
      recordsAt(responseOf(text), ['items'])
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'SERVICE_NOT_JSON', retryable })
      expect((error as Error).message).toContain(words)
      expect((error as Error).message).not.toContain('hidden')
    }
  })

  it('says which list is missing', () => {
    expect(() => recordsAt(responseOf('{"data":1}'), ['data'])).toThrow(expect.objectContaining({ code: 'SERVICE_UNEXPECTED' }))
  })
})
