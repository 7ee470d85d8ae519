import type { Words } from '../en.ts'

export const setUp: Words['setUp'] = {
  title: 'Poner en marcha este servidor',
  lead: 'Todavía nadie cuida de este servidor. Lo hará quien rellene esto: registra aplicaciones, personas y roles.',
  who: 'La primera persona que administra',
  username: 'Nombre de usuario',
  name: 'Nombre',
  password: 'Contraseña',
  passwordHint: 'Al menos 12 caracteres.',
  button: 'Empezar',
}
