import type { Words } from '../en.ts'

export const signIn: Words['signIn'] = {
  title: 'Iniciar sesión',
  again: {
    title: 'Iniciar sesión de nuevo',
    lead: 'Ha pasado un tiempo, o la aplicación quiere saber que sigue siendo usted.',
  },
  another: {
    title: 'Este lanzamiento es para otra persona',
    lead: 'Se hizo para otro usuario que el que tiene la sesión abierta aquí. Al iniciar sesión termina la que está abierta en este navegador.',
  },
  purposes: {
    account: 'Para ver qué aplicaciones usan su historia clínica y retirar lo que permitió.',
    developer: 'Para registrar sus aplicaciones y ver cómo les va.',
    admin: 'Para llevar este servidor: sus aplicaciones, sus personas y sus permisos.',
  },
  toUse: 'Para usar {app!}',
  returns: (host) => `Después vuelve a ${host}`,
  username: 'Nombre de usuario',
  password: 'Contraseña',
  show: 'Ver',
  hide: 'Ocultar',
  showWhat: 'contraseña',
  button: 'Iniciar sesión',
  cancel: (app) => `Volver a ${app}`,
  refused: {
    summary: 'Ese nombre de usuario y esa contraseña no coinciden',
    field: 'Revise el nombre de usuario y la contraseña.',
    left: (tries) =>
      tries === 1
        ? 'Le queda 1 intento; después tendrá que esperar.'
        : `Le quedan ${tries} intentos; después tendrá que esperar.`,
  },
  blocked: {
    summary: 'Ha habido demasiados intentos',
    field: (time) =>
      `Espere ${time} y vuelva a intentarlo. Antes de eso tampoco sirve la contraseña correcta.`,
  },
  demo: {
    title: 'Con quién puede entrar',
    lead: 'Todos tienen la contraseña',
  },
  out: {
    title: 'Cerrar sesión',
    heading: '¿Cerrar sesión?',
    lead: 'Las aplicaciones abiertas le pedirán que inicie sesión otra vez. Las que pueden trabajar en segundo plano siguen funcionando.',
    button: 'Cerrar sesión',
    stay: 'Seguir con la sesión abierta',
  },
  gone: {
    title: 'Ha cerrado la sesión',
    lead: 'Cierre esta ventana si otras personas usan este dispositivo.',
    again: 'Iniciar sesión de nuevo',
    back: (app) => `Volver a ${app}`,
  },
}
