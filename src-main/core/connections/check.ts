import { TrailviewError } from '../../contract/errors.ts'
import type { ConnectionOptions, CredentialInput } from '../../contract/model/connection.ts'
import type { ConnectorDefinition } from '../connectors/define.ts'
import { checkCommonOptions, commonOptions } from '../connectors/runtime/common-options.ts'

/** Throws CONNECTION_INVALID with every problem as a sentence. */
export function checkOptions(definition: ConnectorDefinition, options: ConnectionOptions): void {
  const known = [...definition.info.options, ...commonOptions].map(({ key }) => key)
  const unknown = Object.keys(options).filter((key) => !known.includes(key))
  const problems = [
    ...unknown.map((key) => `${definition.info.title} has no option ${JSON.stringify(key)}. Its options are ${known.join(', ')}.`),
    ...definition.checkOptions(options),
    ...checkCommonOptions(options),
  ]
  if (problems.length > 0) throw new TrailviewError('CONNECTION_INVALID', problems.join(' '))
}

/** The credential must fill one of the connector's forms exactly; values are never repeated in the sentence. */
export function checkCredential(definition: ConnectorDefinition, credential: CredentialInput): void {
  const { credentialForms, title } = definition.info
  const fits = credentialForms.some(({ fields }) => {
    const keys = fields.map(({ key }) => key)
    return (
      fields.every(({ key, isRequired }) => !isRequired || (credential[key] ?? '') !== '') &&
      Object.keys(credential).every((key) => keys.includes(key))
    )
  })
  if (fits) return
  const forms = credentialForms.map(({ fields }) =>
    fields.map(({ key, isRequired }) => (isRequired ? key : `${key} (optional)`)).join(', '),
  )
  throw new TrailviewError('CONNECTION_INVALID', `This is no complete credential for ${title}. It takes ${forms.join('; or ')}.`)
}
