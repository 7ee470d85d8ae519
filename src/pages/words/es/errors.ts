import type { Words } from '../en.ts'

const openAgain = [
  'Abra la aplicación otra vez desde su propia página de inicio.',
  'Si vuelve a ocurrir, dígaselo a quienes hacen la aplicación, con la referencia de abajo.',
]

const unknownApp = {
  heading: 'No se ha podido abrir esta aplicación',
  sentence:
    'Le ha enviado una aplicación que no está registrada aquí. Nos hemos detenido y no se ha compartido nada.',
  advice: openAgain,
}

// Each has a sentence of its own: those of the errors themselves are in English.
export const error: Words['error'] = {
  whatYouCanDo: 'Qué puede hacer',
  reference: 'Referencia que debe indicar',
  copyReference: 'la referencia',
  details: 'Detalles técnicos',
  code: 'Código',
  reason: 'Error de OAuth',
  status: 'Estado',
  home: 'Ir a la página de inicio',
  byReason: {
    'database-away': {
      heading: 'Este servidor no puede contestar en este momento',
      sentence:
        'Nuestra base de datos no ha respondido. Si estaba cambiando algo, compruebe si se ha cambiado antes de repetirlo.',
      advice: ['Espere un poco y vuelva a intentarlo.'],
    },
    invalid_client: unknownApp,
    'client-unknown': unknownApp,
    'client-waiting': {
      heading: 'Esta aplicación todavía no está abierta',
      sentence:
        'Espera a que la revise quien administra este servidor. Nos hemos detenido y no se ha compartido nada.',
      advice: [
        'Ábrala otra vez cuando haya sido admitida.',
        'Si usted la desarrolla, su página en «Mis aplicaciones» dice en qué estado está.',
      ],
    },
    'redirect-mismatch': {
      heading: 'No se ha podido abrir esta aplicación',
      sentence:
        'La aplicación nos ha pedido que le devolvamos a una dirección que no ha registrado aquí. Nos hemos detenido y no se ha compartido nada.',
      advice: openAgain,
    },
    'launch-other-user': {
      heading: 'Esta aplicación se abrió para otra persona',
      sentence:
        'Ha iniciado sesión otra persona distinta de la que abrió la aplicación. No se ha compartido nada.',
      advice: [
        'Vuelva atrás e inicie sesión como la persona que la abrió, o abra usted la aplicación otra vez.',
      ],
    },
    'sign-in-expired': {
      heading: 'Esta página se ha cerrado',
      sentence: 'Ha estado abierta demasiado tiempo, o ya la ha contestado. No se ha compartido nada más.',
      advice: ['Abra la aplicación otra vez desde su propia página de inicio.'],
    },
    'no-admin': {
      heading: 'Esto es para administración y auditoría',
      sentence:
        'Su cuenta no tiene ninguno de los dos roles, así que la consola queda cerrada. No se cambió nada.',
      advice: [
        'Pida el rol a quien administra este servidor.',
        'Si tiene otra cuenta, cierre la sesión y use esa.',
      ],
    },
    'no-developer': {
      heading: 'Esto es para quienes desarrollan aplicaciones',
      sentence:
        'Su cuenta no tiene el rol de desarrollo, así que no puede registrar aplicaciones. No ha cambiado nada.',
      advice: [
        'Pida el rol a quien administra este servidor.',
        'Las demás páginas para desarrollar están abiertas a todos.',
      ],
    },
    'no-own-app': {
      heading: 'No tiene ninguna aplicación así',
      sentence: 'Se eliminó, o la registró otra persona.',
      advice: ['Vuelva a sus aplicaciones.', 'Si tiene otra cuenta, cierre la sesión y use aquella.'],
    },
    'too-many-apps': {
      heading: 'Tiene ya tantas aplicaciones como se puede tener',
      sentence: 'No se registró ninguna más.',
      advice: [
        'Elimine una que no necesite e inténtelo de nuevo.',
        'O pida a quien administra el servidor que la registre.',
      ],
    },
    'read-only': {
      heading: 'Puede mirar, pero no cambiar nada',
      sentence: 'Su rol es auditoría. No se cambió nada.',
      advice: ['Pida a quien administra este servidor que haga el cambio.'],
    },
    stale: {
      heading: 'Otra persona cambió esto mientras tanto',
      sentence: 'Lo que hizo era para un estado anterior, así que no se cambió nada.',
      advice: ['Vuelva atrás, cargue la página de nuevo y mire lo que hay ahora.'],
    },
    configured: {
      heading: 'Esto se guarda en un archivo',
      sentence:
        'Viene de la carpeta de configuración, y el próximo inicio del servidor lo cambiaría otra vez.',
      advice: ['Cambie el archivo y reinicie el servidor.'],
    },
    'last-admin': {
      heading: 'Ya nadie podría abrir la consola',
      sentence: 'Es la última persona administradora que puede iniciar sesión. No se cambió nada.',
      advice: ['Antes, dé el rol admin a otra persona.'],
    },
    csrf: {
      heading: 'No hemos podido saber si esto viene de usted',
      sentence:
        'El formulario era anterior a su inicio de sesión, o lo ha enviado otro sitio. No se ha cambiado nada.',
      advice: [
        'Vuelva atrás, cargue la página otra vez y contéstela de nuevo.',
        'Compruebe que su navegador acepta cookies.',
      ],
    },
  },
  byCode: {
    'not-found': {
      heading: 'En esta dirección no hay nada',
      sentence: 'Quizá la dirección esté incompleta, o lo que había aquí se ha movido.',
      advice: [
        'Compruebe que la dirección está bien escrita.',
        'Si ha llegado por un enlace, dígaselo a quien lleva la página de ese enlace.',
      ],
    },
    'method-not-allowed': {
      heading: 'Esta dirección no funciona así',
      sentence: 'No acepta este tipo de petición.',
      advice: [],
    },
    unauthenticated: {
      heading: 'No ha iniciado sesión',
      sentence: 'Lo que pide solo se muestra a quien ha iniciado sesión.',
      advice: ['Vuelva atrás e inicie sesión otra vez.'],
    },
    forbidden: {
      heading: 'No puede abrir esto',
      sentence: 'Ha iniciado sesión, pero sus permisos no llegan hasta aquí.',
      advice: [],
    },
    gone: {
      heading: 'Esto ya no está aquí',
      sentence: 'Lo que había aquí ha terminado o se ha retirado.',
      advice: ['Vuelva atrás y empiece de nuevo.'],
    },
    misdirected: {
      heading: 'Esta no es la dirección de este servidor',
      sentence: 'El servidor contesta solo bajo su propio nombre.',
      advice: [],
    },
    'too-many': {
      heading: 'Demasiados intentos',
      sentence: 'Ha habido demasiadas peticiones en poco tiempo.',
      advice: ['Espere un poco y vuelva a intentarlo.'],
    },
    unavailable: {
      heading: 'Este servidor no puede contestar en este momento',
      sentence: 'Está ocupado o se está reiniciando.',
      advice: ['Espere un poco y vuelva a intentarlo.'],
    },
  },
  theirs: {
    heading: 'Esta petición no se entiende',
    sentence: 'Le falta algo o tiene algo que no puede ser. No se ha compartido nada.',
    advice: ['Vuelva a donde empezó e inténtelo otra vez desde allí.'],
  },
  ours: {
    heading: 'Algo ha fallado por nuestra parte',
    sentence: 'No es culpa suya, y ha quedado anotado.',
    advice: [
      'Inténtelo otra vez dentro de un momento.',
      'Si continúa, indique la referencia a quien administra este servidor.',
    ],
  },
}
