import type { admin as english } from '../en/admin.ts'
import { access } from './admin/access.ts'
import { app, done, mistakes } from './admin/app.ts'
import { apps } from './admin/apps.ts'
import { audit } from './admin/audit.ts'
import { credentials } from './admin/credentials.ts'
import { dashboard } from './admin/dashboard.ts'
import { flights } from './admin/flights.ts'
import { frame } from './admin/frame.ts'
import { members } from './admin/members.ts'
import { newApp, registrations } from './admin/new-app.ts'
import { owner } from './admin/owner.ts'
import { people } from './admin/people.ts'
import { roles } from './admin/roles.ts'
import { branding, settings, signingKeys } from './admin/server.ts'
import { simulator } from './admin/simulator.ts'
import { use } from './admin/use.ts'

export const admin: typeof english = {
  frame,
  yes: 'Sí',
  no: 'No',
  pages: {
    label: 'Páginas',
    first: 'Primera página',
    next: 'Página siguiente',
  },
  checks: { ok: 'correcto', failed: 'fallido', skipped: 'no se llegó' },
  reason: {
    label: 'Motivo de este cambio',
    hint: 'Queda en el registro de auditoría junto a su nombre.',
  },
  search: 'Buscar',
  showAll: 'Mostrar todo',
  save: 'Guardar cambios',
  discard: 'Descartar',
  stale: {
    title: 'Otra persona se adelantó',
    heading: 'Otra persona cambió esto mientras tanto',
    lead: 'No se guardó nada de lo suyo. Compare lo que hay ahora con lo que escribió; después guarde lo suyo encima o déjelo.',
    changes: 'Qué pasó mientras tanto',
    by: '{who!} cambió {what}',
    unknown: 'Alguien',
    compare: 'Ahora, y como usted lo escribió',
    columns: { member: 'Campo', now: 'Ahora', yours: 'Lo suyo' },
    same: 'No hay diferencias: lo que escribió ya está ahí.',
    button: 'Guardar lo mío encima',
    keep: 'Dejarlo como está ahora',
  },
  members,
  dashboard,
  apps,
  app,
  credentials,
  access,
  newApp,
  registrations,
  owner,
  people,
  roles,
  use,
  audit,
  signingKeys,
  settings,
  branding,
  done,
  mistakes,
  flights,
  simulator,
}
