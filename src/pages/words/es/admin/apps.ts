import type { apps as english } from '../../en/admin/apps.ts'

export const apps: typeof english = {
  title: 'Aplicaciones',
  counts: (all, active) => `${all} registradas, ${active} habilitadas.`,
  new: 'Nueva aplicación',
  q: 'Nombre, ID de cliente o responsable',
  kind: 'Tipo',
  allKinds: 'Todos los tipos',
  status: 'Estado',
  allStatuses: 'Todos',
  list: 'Aplicaciones registradas',
  caption: (shown) => `${shown} aplicaciones, por nombre`,
  columns: { app: 'Aplicación', kind: 'Tipo', owner: 'Responsable', used: 'Último uso', status: 'Estado' },
  kinds: {
    browser: 'En un navegador, pública',
    native: 'En un dispositivo, pública',
    server: 'En un servidor, confidencial',
    service: 'Servicio sin usuario',
  },
  statuses: { active: 'Habilitada', waiting: 'En espera', refused: 'Rechazada', disabled: 'Deshabilitada' },
  nobody: 'Desconocido',
  never: 'Nunca',
  shown: (count, all) => `${count} de ${all}`,
  empty: {
    heading: 'Ninguna aplicación coincide',
    advice: 'Revise la ortografía, pruebe con menos letras o busque entre todos los tipos.',
  },
  none: {
    heading: 'Todavía no hay aplicaciones registradas',
    advice: 'Registre la primera: se tarda un minuto.',
  },
}
