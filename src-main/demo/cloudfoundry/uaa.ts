import { bodyParameters, jsonReply, type PracticeRequest, type Reply } from '../http/message.ts'
import type { TokenDesk } from '../http/tokens.ts'

export interface UaaAccounts {
  readonly userId: string
  readonly username: string
  readonly password: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface UaaSettings {
  readonly lifetimeSeconds: number
  /** Whether a refresh token is good only once and replaced by the answer. */
  readonly isRotating: boolean
}

const denied = (error: string, description: string): Reply => jsonReply(401, { error, error_description: description })

/** `POST /oauth/token` of the foundation's authorization server. */
export const uaaToken = (
  request: PracticeRequest,
  accounts: UaaAccounts,
  desk: TokenDesk,
  { lifetimeSeconds, isRotating }: UaaSettings,
): Reply => {
  const [, encoded] = /^Basic (\S+)$/i.exec(request.headers['authorization'] ?? '') ?? []
  const client = encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8')
  const isCli = client === 'cf:'
  const isOwn = client === `${accounts.clientId}:${accounts.clientSecret}`
  if (!isCli && !isOwn) return denied('unauthorized', 'Bad credentials')

  const form = bodyParameters(request)
  const grant = (refreshToken: string | null): Reply =>
    jsonReply(200, {
      // Refresh tokens are those of the one user.
      access_token: desk.issueAccess(
        lifetimeSeconds,
        refreshToken === null
          ? { sub: accounts.clientId, client_id: accounts.clientId }
          : { sub: accounts.userId, user_id: accounts.userId, user_name: accounts.username, client_id: 'cf' },
      ),
      token_type: 'bearer',
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
      expires_in: lifetimeSeconds - 1,
      scope: 'cloud_controller.admin_read_only openid',
      jti: desk.issueRefresh().slice(0, 32),
    })
  switch (form.get('grant_type')) {
    case 'password':
      if (form.get('username') !== accounts.username || form.get('password') !== accounts.password)
        return denied('unauthorized', 'Bad credentials')
      return grant(desk.issueRefresh())
    case 'refresh_token': {
      const token = form.get('refresh_token') ?? ''
      if (!desk.acceptRefresh(token, isRotating)) return denied('invalid_token', 'The refresh token is expired, revoked or unknown.')
      return grant(isRotating ? desk.issueRefresh() : token)
    }
    case 'client_credentials':
      return isOwn ? grant(null) : denied('invalid_client', 'This client may not use client_credentials.')
    default:
      return jsonReply(400, { error: 'unsupported_grant_type', error_description: 'Use password, refresh_token or client_credentials.' })
  }
}
