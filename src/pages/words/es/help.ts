import type { Words } from '../en.ts'

export const help: Words['help'] = {
  link: 'Ayuda',
  title: 'Ayuda',
  lead: 'Qué hacer cuando algo no funciona, y cómo están hechas estas páginas.',
  app: {
    title: 'Le ha enviado una aplicación',
    sentences: [
      'Una aplicación solo puede leer una historia clínica con un token de este servidor. Cuando algo falla en el camino, este servidor se detiene y no comparte nada.',
      'Cada página de error tiene una referencia. Indíquela a la organización que administra este servidor: lleva a lo que ocurrió.',
    ],
  },
  developer: {
    title: 'Usted hace una aplicación',
    sentences: [
      'La página de inicio tiene las direcciones. Todo lo demás que una aplicación necesita saber está en el documento de descubrimiento.',
      'Cada rechazo dice qué estaba mal y qué hacer. Envíe un `X-Request-Id` propio para volver a encontrar una petición: vuelve en la respuesta.',
    ],
  },
  operator: {
    title: 'Usted administra este servidor',
    sentences: [
      '`npx lanyard doctor` comprueba la configuración, la base de datos y las claves, y dice qué hacer.',
      'La referencia de una página de error es el `requestId` del registro y de la auditoría.',
    ],
  },
  privacy: {
    link: 'Privacidad',
    title: 'Qué guardan estas páginas',
    sentences: [
      'Estas páginas no cargan nada de otros sitios. Solo ponen cookies para lo que usted hace aquí: mantener la sesión abierta, reconocer un dispositivo en el que ya ha iniciado sesión y recordar el idioma que elija.',
      'Cada petición deja una línea en el registro de este servidor: cuándo, qué tipo de petición, cómo se contestó y su referencia. Lo que las aplicaciones hacen con las historias clínicas se anota en un registro de auditoría.',
    ],
  },
  accessibility: {
    link: 'Accesibilidad',
    title: 'Para todo el mundo',
    sentences: [
      'Estas páginas siguen WCAG 2.2, nivel AA. Funcionan solo con el teclado, en una pantalla de 320 píxeles, en claro y en oscuro, y sin JavaScript.',
    ],
  },
}
