import type { ServiceId } from './audit-event.ts'

export type FieldKind = 'text' | 'secret' | 'number' | 'boolean' | 'choice' | 'list' | 'multiline'

/** One field of a generated form: a credential part or an option. */
export interface FormField {
  /** The key in the credential object, or the option's name: the service's own parameter name where it has one. */
  readonly key: string
  readonly label: string
  readonly kind: FieldKind
  readonly help: string
  readonly isRequired: boolean
  readonly placeholder?: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  readonly defaultValue?: string
}

/** One way of signing in at a service; a connection uses exactly one. */
export interface CredentialForm {
  readonly id: string
  readonly label: string
  readonly fields: readonly FormField[]
}

/** A connector's declaration as far as the screen needs it to draw the form and explain the service. */
export interface ConnectorInfo {
  readonly service: ServiceId
  readonly title: string
  readonly docsUrl: string
  /** Null where every tenant has its own address and the user must give it. */
  readonly defaultBaseUrl: string | null
  readonly baseUrlHelp: string
  /** Which rights the credential needs and where to get it, as sentences. */
  readonly credentialHelp: string
  readonly credentialForms: readonly CredentialForm[]
  readonly options: readonly FormField[]
  /** How long the service keeps events, days; null where it does not say. */
  readonly retentionDays: number | null
  readonly capabilities: {
    readonly canFetchOne: boolean
    readonly canFindUser: boolean
    readonly canPullFileTrail: boolean
  }
}
