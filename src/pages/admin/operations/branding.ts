import { z } from 'zod'
import type { Branding } from '../../../branding/branding.ts'
import type { WatchedBranding } from '../../../branding/watched-branding.ts'
import { NO_PLAIN_LINE, plainLine } from '../../../lib/plain-line.ts'
import { operation, reason, version } from './operation.ts'

export type BrandingOperationDeps = { branding: Pick<WatchedBranding, 'register'> }

const accent = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'must be a colour like #0b5c6b')
const name = z.string().trim().min(1).max(80).regex(plainLine, NO_PLAIN_LINE)
const branding = z.object({
  name: z.string().optional(),
  accent: z.string().optional(),
  logo: z.string().optional().describe('Names the logo: its address is /logos/ and this.'),
  version: z.number().int(),
})
const edit = { version, ...reason }

/** How the site looks. */
export function brandingOperations({ branding: { register } }: BrandingOperationDeps) {
  return {
    get: operation({
      name: 'getBranding',
      method: 'get',
      path: '/branding',
      summary: 'Show the name, the accent colour and the logo of the site; what is not there is as it comes.',
      needs: 'see',
      input: z.object({}),
      output: branding,
      run: async () => shown(await register.load()),
    }),

    update: operation({
      name: 'updateBranding',
      method: 'put',
      path: '/branding',
      summary:
        'Set the name and the accent colour. It must be readable as text, 4.5 : 1, and pages, dark ones too, and `smart_style_url` take it over.',
      needs: 'change',
      input: z.object({ name: name.nullable(), accent: accent.nullable(), ...edit }),
      output: branding,
      run: async ({ name, accent, version: seen }, act) =>
        shown(await register.update({ name, accent }, { ...act, version: seen })),
    }),

    setLogo: operation({
      name: 'setLogo',
      method: 'put',
      path: '/branding/logo',
      summary: 'Keep a copy of the logo (PNG, JPEG, WebP, or SVG of plain shapes, at most 64 kB), or none.',
      needs: 'change',
      input: z.object({
        content: z.base64().max(100_000).nullable().describe('Base64; null for none.'),
        ...edit,
      }),
      output: branding,
      async run({ content, version: seen }, act) {
        const picture = content === null ? undefined : Buffer.from(content, 'base64')
        return shown(await register.setLogo(picture, { ...act, version: seen }))
      },
    }),
  }
}

function shown({ name, accent, logo, version: now }: Branding): z.input<typeof branding> {
  return {
    version: now,
    ...(name === undefined ? {} : { name }),
    ...(accent === undefined ? {} : { accent }),
    ...(logo === undefined ? {} : { logo }),
  }
}
