import type { ServiceId } from '../../contract/model/audit-event.ts'
import { cloudfoundry } from './cloudfoundry/connector.ts'
import type { ConnectorDefinition } from './define.ts'
import { lytics } from './lytics/connector.ts'
import { oksky } from './oksky/connector.ts'
import { onehub } from './onehub/connector.ts'

/** Every connector, by service: the one place that knows them. */
export const connectors: Readonly<Record<ServiceId, ConnectorDefinition>> = { onehub, lytics, oksky, cloudfoundry }
