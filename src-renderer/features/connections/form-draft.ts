import type { Connection, ConnectionDraft } from '../../../src-main/contract/model/connection.ts'
import type { ConnectorInfo, FormField } from '../../../src-main/contract/model/connector-info.ts'
import { en } from '../../locales/en.ts'

/** What stands in the form; text throughout, as the user wrote it. */
export interface FormValues {
  name: string
  baseUrl: string
  credentialForm: string
  credential: Record<string, string>
  options: Record<string, string>
  interval: string
  collectOnStart: boolean
  sessionOnly: boolean
}

/** The form's first state for a new or an existing connection. A credential never comes back, so its fields begin empty. */
export function initialValues(connector: ConnectorInfo | undefined, connection: Connection | null): FormValues {
  const defaults = Object.fromEntries((connector?.options ?? []).map((field) => [field.key, field.defaultValue ?? '']))
  return {
    name: connection?.name ?? connector?.title ?? '',
    baseUrl: connection === null || connection.baseUrl === connector?.defaultBaseUrl ? '' : connection.baseUrl,
    credentialForm: connector?.credentialForms[0]?.id ?? '',
    credential: {},
    options: { ...defaults, ...connection?.options },
    interval: connection?.intervalMinutes ? String(connection.intervalMinutes) : '',
    collectOnStart: connection?.collectOnStart ?? false,
    sessionOnly: connection?.credentialState === 'session-only',
  }
}

/** The fields of the chosen way of signing in. */
export function credentialFields(connector: ConnectorInfo, formId: string): readonly FormField[] {
  return connector.credentialForms.find(({ id }) => id === formId)?.fields ?? []
}

/** The form as what is saved, or what is missing in it as sentences. */
export function toDraft(
  connector: ConnectorInfo,
  connection: Connection | null,
  values: FormValues,
): { readonly draft: ConnectionDraft } | { readonly missing: readonly string[] } {
  const fields = credentialFields(connector, values.credentialForm)
  const filled = fields.filter(({ key }) => (values.credential[key] ?? '') !== '')
  const hasCredential = filled.length > 0
  const isCredentialNeeded = hasCredential || connection === null
  const interval = values.interval.trim()
  const minutes = Number(interval)
  const missing = [
    values.name.trim() === '' && en.form.required(en.form.name),
    connector.defaultBaseUrl === null && values.baseUrl.trim() === '' && en.form.required(en.form.baseUrl),
    ...fields.map(({ key, label, isRequired }) => isCredentialNeeded && isRequired && !values.credential[key] && en.form.required(label)),
    ...connector.options.map(({ key, label, isRequired }) => isRequired && !values.options[key] && en.form.required(label)),
    interval !== '' && !(Number.isInteger(minutes) && minutes >= 1 && minutes <= 43_200) && en.form.badInterval,
  ].filter((sentence): sentence is string => typeof sentence === 'string')
  if (missing.length > 0) return { missing }
  return {
    draft: {
      ...(connection === null ? {} : { id: connection.id }),
      service: connector.service,
      name: values.name.trim(),
      baseUrl: values.baseUrl.trim(),
      options: Object.fromEntries(Object.entries(values.options).filter(([, value]) => value.trim() !== '')),
      ...(hasCredential ? { credential: Object.fromEntries(filled.map(({ key }) => [key, values.credential[key] ?? ''])) } : {}),
      ...(values.sessionOnly ? { sessionOnly: true } : {}),
      intervalMinutes: interval === '' ? null : minutes,
      collectOnStart: values.collectOnStart,
    },
  }
}
