import type { Words } from './en.ts'
import { account } from './es/account.ts'
import { admin } from './es/admin.ts'
import { choose } from './es/choose.ts'
import { consent } from './es/consent.ts'
import { developer } from './es/developer.ts'
import { error } from './es/errors.ts'
import { help } from './es/help.ts'
import { landing } from './es/landing.ts'
import { mistakes } from './es/mistakes.ts'
import { myApps } from './es/my-apps.ts'
import { people } from './es/people.ts'
import { setPassword } from './es/set-password.ts'
import { setUp } from './es/set-up.ts'
import { signIn } from './es/sign-in.ts'

/** Every sentence of the pages, in Spanish; the person is "usted". */
export const es: Words = {
  lang: 'es',
  locale: 'es',
  language: 'Español',
  product: 'Lanyard',
  skip: 'Ir al contenido principal',
  copy: 'Copiar',
  copied: 'Copiado',
  title: (page, site) => `${page} - ${site}`,
  demo: {
    label: 'Modo de demostración',
    banner: 'Demostración: datos sintéticos, contraseñas públicas',
    site: 'Alder Valley Hospital',
  },
  open: {
    label: 'Sin autenticación',
    banner: 'La autenticación está desactivada: cualquiera puede leer y cambiar todos los datos',
  },
  problem: {
    heading: 'Hay un problema',
    mark: 'Error:',
    title: (page) => `Error: ${page}`,
  },
  details: 'Detalles técnicos',
  verified: 'Verificada',
  unverified: 'Sin verificar',
  newTab: 'se abre en otra pestaña',
  closes: (time) =>
    `Por su seguridad, esta página se cierra dentro de ${time}. Después tendría que empezar de nuevo.`,
  landing,
  people,
  signIn,
  setPassword,
  setUp,
  choose,
  consent,
  account,
  admin,
  developer,
  myApps,
  mistakes,
  error,
  help,
}
