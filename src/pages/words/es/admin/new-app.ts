import type { newApp as englishNew, registrations as englishRegistrations } from '../../en/admin/new-app.ts'

export const newApp: typeof englishNew = {
  title: 'Nueva aplicación',
  which: '¿Dónde funciona?',
  steps: {
    kind: 'Paso 1 de 3: de qué tipo es. Decide cómo demuestra quién es.',
    fields: 'Paso 2 de 3: nombres, claves y lo que puede pedir.',
    review: 'Paso 3 de 3: mírelo todo. Todavía no está registrada.',
  },
  kinds: {
    browser: {
      title: 'Nueva aplicación en un navegador',
      label: 'En un navegador',
      hint: 'Una página con JavaScript, sin servidor propio. No tiene secreto; PKCE protege cada apertura.',
    },
    server: {
      title: 'Nueva aplicación en un servidor',
      label: 'En un servidor',
      hint: 'Las personas la abren en un navegador y su servidor habla con nosotros. Firma, o tiene un secreto.',
    },
    native: {
      title: 'Nueva aplicación en un dispositivo',
      label: 'En un teléfono o un ordenador',
      hint: 'Instalada desde una tienda. No tiene secreto; PKCE protege cada apertura.',
    },
    service: {
      title: 'Nuevo servicio sin usuario',
      label: 'Un servicio sin usuario',
      hint: 'Se identifica por sí mismo, sin ninguna persona presente, y firma cada petición.',
    },
  },
  id: { label: 'ID de cliente', hint: 'Déjelo vacío y creamos uno.' },
  next: 'Continuar',
  cancel: 'Cancelar',
  back: 'Atrás',
  toReview: 'Continuar a la revisión',
  review: (name) => `¿Registrar ${name}?`,
  soFar: 'Lo que escribió',
  register: 'Registrarla',
}

export const registrations: typeof englishRegistrations = {
  title: 'Registros',
  lead: 'Aplicaciones que registraron sus desarrolladores. No reciben nada hasta que alguien de aquí las admita.',
  caption: 'Aplicaciones en espera, por nombre',
  columns: { app: 'Aplicación', kind: 'Tipo', owner: 'Responsable', since: 'Desde', act: 'Acción' },
  review: 'Revisar',
  none: { heading: 'Nadie espera', advice: 'Cuando alguien registre una aplicación, aparecerá aquí.' },
  heading: (app) => `¿Admitir ${app}?`,
  settled: 'Esta aplicación ya no espera.',
  facts: 'Lo que dice quien la hace',
  findings: {
    title: 'En qué fijarse',
    everything: 'Pide todos los tipos de datos, también los que se añadan después.',
    system: 'Lee sin ninguna persona: a todos los pacientes que alcanzan sus ámbitos.',
    write: 'Puede cambiar o borrar datos.',
    offline: 'Puede seguir cuando nadie la usa.',
    http: 'Vuelve a una dirección de este mismo equipo: ¿una versión de prueba?',
    noPrivacy: 'No nombra ninguna política de privacidad.',
    noOwner: 'No nombra a nadie que responda por ella.',
    secret: 'Demuestra quién es con un secreto; firmar es más seguro.',
    none: 'Nada llama la atención.',
  },
  approve: 'Admitirla',
  refuse: 'Rechazarla',
  reasonHint: 'Queda en el registro de auditoría; dígaselo también a quien la hace.',
}
