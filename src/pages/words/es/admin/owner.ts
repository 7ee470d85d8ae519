import type { owner as english } from '../../en/admin/owner.ts'

export const owner: typeof english = {
  title: 'Quién la registró',
  facts: { by: 'Registrada por', at: 'Registrada', last: 'Último cambio' },
  origins: {
    command: 'La línea de comandos',
    config: 'Un archivo de la carpeta de clientes',
    'config-gone': 'Un archivo de la carpeta de clientes, que ya no está',
    demo: 'La demostración',
    console: 'Alguien en esta consola',
    developer: 'Una cuenta de desarrollo que ya no está',
  },
  others: 'Sus otras aplicaciones',
  noOthers: 'Ninguna',
  columns: { app: 'Aplicación', kind: 'Tipo', status: 'Estado', used: 'Último uso' },
  ends: {
    title: 'Vence pronto',
    caption: 'Credenciales que vencen dentro de 60 días',
    columns: {
      credential: 'Credencial',
      end: 'Vence',
      reminded: 'Responsable avisado',
      act: 'Acción',
    },
    never: 'Todavía no',
    remind: 'Avisar al responsable',
    of: (credential) => `de ${credential}`,
  },
  remind: {
    heading: (app) => `¿Pedir al responsable de ${app} que renueve una credencial?`,
    what: 'Qué vence',
    credential: 'Credencial',
    end: 'Vence',
    owner: 'Responsable',
    last: 'Último aviso',
    ask: 'En sus páginas',
    effect: (owner) =>
      `${owner} lo lee en «Mis aplicaciones» hasta que renueve la credencial o aparte el aviso. No se envía ningún correo.`,
    noOwner:
      'Ninguna cuenta es responsable de esta aplicación, así que nadie lo leería aquí. Escriba a sus contactos.',
    button: 'Avisar al responsable',
    contacts: 'Por correo',
    contactsLead: 'Se abren en su propio programa de correo. Aquí no queda constancia.',
    noContacts: 'La aplicación no nombra a nadie a quien escribir.',
    write: (address) => `Escribir a ${address}`,
    subject: (app) => `Una credencial de ${app} vence pronto`,
    body: (app, credential, day) =>
      `La credencial ${credential} de la aplicación ${app} vence el ${day}. Renuévela antes, para que la aplicación siga sin pausa.`,
  },
}
