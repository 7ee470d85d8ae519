import type { Client } from '../../../clients/client.ts'
import type { OwnApps } from '../../../clients/own-apps.ts'
import type { RequestContext } from '../../../observe/request-context.ts'
import type { FormWithFiles } from '../../upload.ts'
import type { DeveloperVisitor } from './door.ts'

/** The app that an address names, if it is one of the visitor's. @throws LanyardError `not-found` */
export function own(
  ctx: RequestContext,
  { user }: DeveloperVisitor,
  ownApps: Pick<OwnApps, 'find'>,
): Promise<Client> {
  return ownApps.find(user.id, String(ctx.params.id))
}

/** The version that a form was made from; none that an app can have, if it says none. */
export function versionOf({ form }: FormWithFiles): number {
  const version = Number(form.get('version'))
  return Number.isSafeInteger(version) ? version : 0
}
