import type { use as english } from '../../en/admin/use.ts'

export const use: typeof english = {
  title: 'Uso',
  lastUsed: (moment) => `Último uso: ${moment}`,
  neverUsed: 'Sin usar todavía',
  tiles: {
    launches: 'Aperturas',
    people: 'Personas',
    refused: 'Rechazos',
    tokens: 'Tokens',
    calls: 'Peticiones FHIR',
  },
  lately: { day: 'Últimas 24 horas', week: 'Últimos 7 días' },
  calls: {
    title: 'Peticiones FHIR',
    caption: 'Peticiones FHIR por tipo',
    columns: ['Datos', 'Interacción', 'Peticiones'],
    none: 'Ninguna en este tiempo.',
  },
  refusals: {
    title: 'Rechazos',
    caption: 'Rechazos por motivo',
    columns: ['Motivo', 'Veces'],
    none: 'Ninguno en este tiempo.',
    audit: 'Verlos en la auditoría',
  },
  grants: {
    title: 'Permisos vigentes',
    caption: (app) => `Permisos vigentes de ${app}`,
    columns: {
      person: 'Persona',
      patient: 'Paciente',
      given: 'Concedido',
      used: 'Último uso',
      ends: 'Termina',
      launch: 'Apertura',
      act: 'Acción',
    },
    none: 'Nadie le permite nada en este momento.',
    ofService:
      'Actúa por sí misma: nadie le permite nada. «Terminar todos los tokens», más abajo, termina lo que tenga.',
    notUsed: 'Todavía no',
    noRecord: 'Sin registro',
    outside: (host) => `Alguien de ${host}`,
    noPatient: 'Ninguno',
    atSignOut: 'Al cerrar la sesión',
    unknown: 'Alguien que ya no está',
    end: 'Terminar',
    endOf: (person, when) => `el permiso de ${person}, ${when}`,
  },
  grantsLead: (grants, sessions) => `${grants} en ${sessionsOf(sessions)}`,
  moreThan: (count) => `más de ${count}`,
  shown: (count, all) => `${count} de ${all}`,
  stop: {
    title: 'Parar esta aplicación',
    effect: (sessions) =>
      `Deshabilitarla termina enseguida todos sus tokens, también en ${sessionsOf(sessions)}, y rechaza nuevos lanzamientos. Sus ajustes y su auditoría se quedan.`,
    effectOfService:
      'Deshabilitarla termina enseguida todos sus tokens, y rechaza nuevos. Sus ajustes y su auditoría se quedan.',
    disable: (app) => `Deshabilitar ${app}`,
    enable: (app) => `Habilitar ${app}`,
    end: 'Terminar todos los permisos',
    endTokens: 'Terminar todos los tokens',
    remove: 'Eliminarla',
  },
  asks: {
    disable: {
      heading: (app) => `¿Deshabilitar ${app}?`,
      effect:
        'Sus tokens dejan de valer enseguida, y no recibe otros hasta que se habilite de nuevo. Lo que ya copió se queda con quienes la hacen.',
      button: 'Deshabilitarla',
      keep: 'Dejarla habilitada',
    },
    enable: {
      heading: (app) => `¿Habilitar ${app}?`,
      effect: 'Puede volver a pedir tokens. Las aperturas que terminaron no vuelven.',
      button: 'Habilitarla',
      keep: 'Dejarla deshabilitada',
    },
    end: {
      heading: (app) => `¿Terminar todos los permisos de ${app}?`,
      effect:
        'Todos sus tokens dejan de valer enseguida, también los de un servicio. Se pregunta de nuevo a las personas en la próxima apertura. La aplicación sigue habilitada.',
      button: 'Terminar todos los permisos',
      keep: 'Dejarlos',
    },
    remove: {
      heading: (app) => `¿Eliminar ${app}?`,
      effect:
        'No se puede deshacer. Sus tokens dejan de valer enseguida, y su registro con sus claves desaparece. La auditoría se queda.',
      button: 'Eliminarla',
      keep: 'Conservarla',
    },
    grant: {
      heading: (app, person) => `¿Terminar lo que ${person} permitió a ${app}?`,
      effect: 'Los tokens de esta apertura dejan de valer enseguida. Otras aperturas continúan.',
      button: 'Terminar este permiso',
      keep: 'Dejarlo',
    },
  },
}

function sessionsOf(count: string): string {
  return count === '1' ? 'una sesión' : `${count} sesiones`
}
