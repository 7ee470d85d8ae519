import { z } from 'zod'
import { environmentName, settingMeta } from '../../../config/schema.ts'
import type { ShownSetting } from '../../../config/shown-settings.ts'
import { OVERLAP, rotateBefore, type SigningKey, type SigningKeys } from '../../../keys/signing-keys.ts'
import { instant } from '../../../lib/time.ts'
import { operation, reason, version } from './operation.ts'

export type ServerOperationDeps = {
  signingKeys: Pick<SigningKeys, 'list' | 'rotate' | 'version'>
  /** Every setting as it was resolved, without secrets. */
  settings: readonly ShownSetting[]
}

const key = z.object({
  kid: z.string(),
  alg: z.enum(['ES256', 'RS256']),
  state: z.enum(['next', 'current', 'previous']),
  created: z.iso.datetime(),
  since: z.iso.datetime().describe('When it entered its state.'),
  rotate_before: z.iso.datetime().optional().describe('Of a current key.'),
  published_until: z.iso.datetime().optional().describe('Of a previous key, at least.'),
})
const keys = z.object({ items: z.array(key), version: z.number().int() })

const setting = z.object({
  setting: z.string(),
  variable: z.string().optional(),
  value: z.unknown(),
  origin: z.enum(['default', 'file', 'environment']),
  secret: z.boolean().describe('Whether its value is hidden.'),
  type: z.string(),
  description: z.string(),
})

/** The signing keys and the settings of the server. */
export function serverOperations({ signingKeys, settings }: ServerOperationDeps) {
  const shownKeys = async (list?: readonly SigningKey[]): Promise<z.input<typeof keys>> => {
    // The version first: a change meanwhile makes it an old one, and not the list.
    const version = await signingKeys.version()
    return { version, items: (list ?? (await signingKeys.list())).map(shownKey) }
  }

  return {
    keys: operation({
      name: 'listSigningKeys',
      method: 'get',
      path: '/signing-keys',
      summary: 'Show the keys that sign tokens, without their private part.',
      needs: 'see',
      input: z.object({}),
      output: keys,
      run: () => shownKeys(),
    }),

    rotate: operation({
      name: 'rotateSigningKeys',
      method: 'post',
      path: '/signing-keys/rotation',
      summary: 'Sign with the next keys from now on. All nodes follow within seconds; no token ends.',
      needs: 'change',
      input: z.object({ version, ...reason }),
      output: keys,
      run: async ({ version: seen }, act) => shownKeys(await signingKeys.rotate({ ...act, version: seen })),
    }),

    settings: operation({
      name: 'listSettings',
      method: 'get',
      path: '/settings',
      summary: 'Show every setting as it was resolved at the start, and where its value comes from.',
      needs: 'see',
      input: z.object({}),
      output: z.object({ items: z.array(setting) }),
      run: async () => ({ items: settings.map(shownSetting) }),
    }),
  }
}

function shownKey(one: SigningKey): z.input<typeof key> {
  const { kid, alg, state, created, since } = one
  return {
    kid,
    alg,
    state,
    created: instant(created),
    since: instant(since),
    ...(state === 'current' ? { rotate_before: instant(rotateBefore(one)) } : {}),
    ...(state === 'previous' ? { published_until: instant(since + OVERLAP) } : {}),
  }
}

function shownSetting({ setting: name, value, origin }: ShownSetting): z.input<typeof setting> {
  const { description, type, secret = false, fileOnly = false } = settingMeta(name)
  return {
    setting: name,
    ...(fileOnly ? {} : { variable: environmentName(name) }),
    value,
    origin,
    secret,
    type,
    description,
  }
}
