import type { Words } from '../en.ts'

export const consent: Words['consent'] = {
  title: (app, patient) => `${app} pide usar la historia de ${patient}`,
  heading: (app, patient) => `${app} pide usar la historia clínica de ${patient}`,
  own: {
    title: (app) => `${app} pide usar su historia`,
    heading: (app) => `${app} pide usar su historia clínica`,
  },
  general: (app) => `${app} pide su permiso`,
  onlyNew: (app) => `Ya permitió algunas cosas a ${app}. Ahora pide más: aquí solo está lo nuevo.`,
  box: 'La aplicación y el paciente',
  appBox: 'La aplicación',
  verifiedBy: (site) => `Verificada por ${site}`,
  by: (publisher, since) => `De ${publisher}, registrada aquí desde ${since}.`,
  byNobody: (since) => `Registrada aquí desde ${since}.`,
  claims: {
    publisher: (ago, publisher) => `Registrada aquí ${ago}. Dice que es de ${publisher}.`,
    noPrivacy: (ago, publisher) =>
      `Registrada aquí ${ago}. Dice que es de ${publisher} y no ha dado ninguna política de privacidad.`,
    noPublisher: (ago) => `Registrada aquí ${ago}. No ha dicho de quién es.`,
    nothing: (ago) =>
      `Registrada aquí ${ago}. No ha dicho de quién es ni ha dado una política de privacidad.`,
  },
  privacy: 'Política de privacidad',
  warning: {
    notChecked: (site) => `${site} no ha comprobado esta aplicación.`,
    onlyIf: 'Permítala solo si viene de {host!} y sabe quién la lleva.',
  },
  groups: { see: 'Ver', change: 'Añadir y cambiar', delete: 'Borrar' },
  always: 'Siempre incluido',
  sensitive: 'Delicado',
  broad: 'Muy amplio',
  parts: (line) => `Tipos de: ${line}`,
  entries: (count) => (count === 1 ? '1 anotación' : `${count} anotaciones`),
  duration: {
    title: 'Durante cuánto tiempo',
    until: (time, day) => `${time}, hasta el ${day}`,
    longest: 'El plazo más largo que damos a una aplicación sin verificar.',
    offline: 'También cuando no esté usando la aplicación',
    offlineHint: (app) =>
      `${app} puede leer la historia en segundo plano, por ejemplo para enviar recordatorios, hasta la fecha de arriba.`,
    offlineAlways: (app) =>
      `${app} puede leer la historia en segundo plano, por ejemplo para enviar recordatorios, hasta que usted lo retire.`,
  },
  technical: {
    client: 'Cliente',
    public: '(público, PKCE)',
    confidential: '(confidencial)',
    returnsTo: 'Vuelve a',
    scopes: 'Ámbitos',
    notGranted: 'Excluido',
  },
  deny: 'No permitir',
  allow: 'Permitir',
  eitherWay: 'En ambos casos vuelve a {host!}.',
  later: 'Puede retirarlo cuando quiera en {apps!}.',
}
