import { fieldsOf, idOf, textOf, type Fields } from '../kit/fields.ts'

/** Media type of JSON:API, exactly: with parameters the service answers 406. */
export const mediaType = 'application/vnd.api+json'

/** Where the API lives under the origin. */
export const apiPath = '/rapi/v1'

/** The attributes of a resource object; empty for anything else. */
export function attributesOf(resource: Fields | null): Fields {
  return fieldsOf(resource?.['attributes']) ?? {}
}

/** The id a to-one relationship points to; null where it points nowhere or carries links only. */
export function relatedId(resource: Fields | null, name: string): string | null {
  const relationship = fieldsOf(fieldsOf(resource?.['relationships'])?.[name])
  return idOf(fieldsOf(relationship?.['data'])?.['id'])
}

/** `SupportDraftMessage` → `support_draft_message`. */
export function kindOf(resourceType: string): string {
  return resourceType.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
}

/** The name by which a person is known: full name, name, user name or e-mail address, whichever comes first. */
export function personName(attributes: Fields): string | null {
  return ['full_name', 'name', 'username', 'email'].map((key) => textOf(attributes[key])).find((text) => text !== null) ?? null
}
