import type { Account, Session } from '../define.ts'
import { fieldsOf, idOf, textOf, type Fields } from '../kit/fields.ts'

/**
 * Whose access token a session has: those of a UAA are JSON web tokens and say so; null where it is none. The signature is not checked, because a
 * token that lies is refused by the service.
 */
export function accountOf({ headers }: Pick<Session, 'headers'>): Account | null {
  const claims = claimsOf(headers['authorization'] ?? '')
  const clientId = idOf(claims?.['client_id'])
  const id = idOf(claims?.['user_id']) ?? idOf(claims?.['sub']) ?? clientId
  return id === null ? null : { id, name: textOf(claims?.['user_name']) ?? clientId ?? id }
}

function claimsOf(authorization: string): Fields | null {
  const [, encoded] = /^bearer [\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization) ?? []
  if (encoded === undefined) return null
  try {
    return fieldsOf(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')))
  } catch {
    return null
  }
}
