import type { Words } from '../en.ts'

/** La página en la que alguien elige su contraseña, con un enlace. */
export const setPassword: Words['setPassword'] = {
  title: 'Elija una contraseña',
  lead: (name) => `${name}, elija una contraseña propia. Después inicie sesión con ella.`,
  who: 'Su cuenta',
  username: 'Nombre de usuario',
  password: 'Contraseña',
  passwordHint: 'Al menos 12 caracteres. Donde tenía la sesión abierta, se cierra.',
  button: 'Usar esta contraseña',
}
