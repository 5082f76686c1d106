import type { PracticeServices } from '../../src-main/demo/index.ts'
import type { ConnectorName } from './stand.ts'

/** Makes the practice services answer in another way than by default. */
export type Variant = (practice: PracticeServices) => void

export const asDocumented: Variant = () => undefined

/** Ways in which services of one kind differ; each takes the connector along another path. */
export const variants: Readonly<Record<ConnectorName, Readonly<Record<string, Variant>>>> = {
  onehub: {
    'offset in pages': ({ onehub }) => void (onehub.quirks.offsetUnit = 'pages'),
    'true totals': ({ onehub }) => void (onehub.quirks.totals = 'true'),
    'zone of the text': ({ onehub }) => void (onehub.quirks.zone = 'text'),
    'times ignored': ({ onehub }) => void (onehub.quirks.ignoredParameters = ['start_time', 'end_time']),
    'times ignored, offset in pages': ({ onehub }) =>
      void Object.assign(onehub.quirks, { ignoredParameters: ['start_time', 'end_time'], offsetUnit: 'pages' }),
  },
  lytics: {
    'newest first': ({ lytics }) => void (lytics.quirks.order = 'newest-first'),
    'version 1': ({ lytics }) => void (lytics.quirks.isV2On = false),
    'version 1, clock times rejected': ({ lytics }) => void Object.assign(lytics.quirks, { isV2On: false, rfc3339: 'rejected' }),
    'version 1, clock times ignored, before defaults to now': ({ lytics }) =>
      void Object.assign(lytics.quirks, { isV2On: false, rfc3339: 'ignored', beforeDefault: 'now' }),
  },
  oksky: {
    'sort refused': ({ oksky }) => void (oksky.quirks.isSortOn = false),
    'relationships without data': ({ oksky }) => void (oksky.quirks.hasRelationshipData = false),
    'rooms not included': ({ oksky }) => void (oksky.quirks.canIncludeRooms = false),
  },
  cloudfoundry: {
    retention: ({ cloudfoundry }) => void (cloudfoundry.quirks.retentionDays = 31),
    'v2 alone': ({ cloudfoundry }) => void (cloudfoundry.quirks.isV3On = false),
    'v2 alone, capped deep paging': ({ cloudfoundry }) => void Object.assign(cloudfoundry.quirks, { isV3On: false, maxTotalResults: 300 }),
    'v2 alone, retention': ({ cloudfoundry }) => void Object.assign(cloudfoundry.quirks, { isV3On: false, retentionDays: 31 }),
    'limited requests': ({ cloudfoundry }) => void (cloudfoundry.quirks.requestsPerHour = 40),
  },
  _template: {},
}

/** The variant for the schedule of this number: every second one runs against the service as documented, the others against its variants in turn. */
export function variantFor(connector: ConnectorName, number: number): readonly [name: string, variant: Variant] {
  const all = Object.entries(variants[connector])
  return (number % 2 === 1 ? all[((number - 1) / 2) % all.length] : undefined) ?? ['as documented', asDocumented]
}
