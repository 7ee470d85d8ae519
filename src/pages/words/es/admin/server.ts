import type {
  branding as englishBranding,
  signingKeys as englishKeys,
  settings as englishSettings,
} from '../../en/admin/server.ts'

export const signingKeys: typeof englishKeys = {
  title: 'Claves de firma',
  lead: 'Con qué firma este servidor los tokens y con qué los comprueban los demás.',
  old: 'Una clave firma desde hace un año: cámbiela.',
  algorithms: { ES256: 'ES256: tokens de acceso', RS256: 'RS256: tokens de identidad' },
  columns: { kid: 'Identificador', state: 'Estado', since: 'Desde', created: 'Creada', until: 'Después' },
  states: { next: 'Siguiente', current: 'Firma ahora', previous: 'Anterior' },
  rotateBefore: (day) => `Cambiar antes del ${day}`,
  publishedUntil: (moment) => `Publicada hasta el ${moment}`,
  waits: 'Espera, ya publicada',
  use: {
    heading: 'Dónde las encuentran los demás',
    text: 'Todas están publicadas, para que quien comprueba tokens conozca una clave antes de que firme y hasta que muera el último de sus tokens.',
  },
  rotate: 'Cambiar las claves',
  ask: {
    heading: '¿Cambiar las claves de firma?',
    effect:
      'Las claves siguientes firman desde ahora, en todos los nodos en segundos, y se crean otras que esperan. Ningún token termina: las claves actuales siguen publicadas dos días. No se puede deshacer.',
    keep: 'Dejarlas como están',
  },
}

export const settings: typeof englishSettings = {
  title: 'Ajustes',
  lead: 'Cómo está configurado este servidor. Los ajustes se leen de un archivo y del entorno al arrancar, y no cambian mientras funciona.',
  tabs: { label: 'Ajustes', configuration: 'Configuración', branding: 'Imagen' },
  configuration: 'Archivo de configuración',
  file: 'Archivo',
  noFile: 'No se leyó ninguno',
  values: 'Ajustes y de dónde vienen',
  columns: { setting: 'Ajuste', value: 'Valor', origin: 'De' },
  hidden: 'Secreto, no se muestra',
  none: 'Ninguno',
  origins: { default: 'Por defecto', file: 'Archivo', environment: 'Entorno' },
}

export const branding: typeof englishBranding = {
  title: 'Imagen',
  lead: 'De quién es el servidor, en todas las páginas. Las aplicaciones pueden tomar el color (smart_style_url).',
  look: 'Nombre y color',
  fields: {
    name: {
      label: 'Nombre',
      hint: 'Junto a «Lanyard», arriba en cada página. Vacío: el nombre del anfitrión o, en la demostración, el hospital.',
    },
    accent: {
      label: 'Color de acento',
      hint: 'Como `#0b5c6b`. Debe ser bastante oscuro para leerse; los colores de las páginas oscuras se deducen de él. Vacío: el verde azulado de estas páginas.',
    },
    logo: {
      label: 'Imagen',
      hint: 'PNG, JPEG, WebP o un SVG de formas sencillas, como mucho 64 kB. Guardamos una copia propia.',
    },
  },
  contrast: (reached, instead) =>
    `Elija un color más oscuro: con este el texto alcanza un contraste de ${reached} a 1 y necesita 4,5 a 1. ${instead} serviría`,
  stale: 'Otra persona cambió la imagen entretanto. Mírela y elija de nuevo',
  logoAlt: 'El logotipo de este sitio',
  noLogo: 'No hay ninguno: se ve la marca de Lanyard.',
}
