import type { frame as english } from '../../en/admin/frame.ts'

export const frame: typeof english = {
  nav: 'Administración',
  menu: 'Menú',
  crumbs: 'Ruta de navegación',
  production: 'Producción',
  auditor: 'Auditoría, solo lectura',
  toDo: 'por hacer',
  groups: {
    work: '',
    people: 'Personas y derechos',
    trust: 'Confianza',
    tools: 'Herramientas',
    you: 'Usted',
  },
  items: {
    dashboard: 'Panel',
    apps: 'Aplicaciones',
    registrations: 'Registros',
    users: 'Usuarios',
    roles: 'Roles y reglas',
    apiKeys: 'Claves de API',
    issuers: 'Emisores externos',
    audit: 'Auditoría',
    keys: 'Claves de firma',
    settings: 'Ajustes',
    simulator: 'Simulador de lanzamientos',
    flights: '¿Por qué se rechazó?',
    account: 'Mi cuenta',
    help: 'Ayuda',
    signOut: 'Cerrar sesión',
  },
}
