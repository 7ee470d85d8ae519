import type { developerStart as english } from '../en/developer-start.ts'

export const developerStart: typeof english = {
  heading: (site) => `Cree una aplicación para ${site}`,
  lead: 'SMART App Launch 2.2 sobre FHIR R4. Regístrela, pruébela con pacientes inventados y pida después la aprobación.',
  addresses: 'Direcciones',
  steps: 'Por dónde empezar',
  register: {
    title: 'Registrar una aplicación',
    text: 'Se tarda un minuto. El hospital la revisa antes de que alguien la use.',
  },
  registerDemo: {
    title: 'Registrar una aplicación',
    text: 'Se tarda un minuto. En la demostración funciona enseguida.',
  },
  explore: {
    title: 'Probar la API',
    text: 'Inicie sesión y lea, busque y escriba; cada llamada muestra su línea de comandos.',
  },
  check: {
    title: 'Comprobar lo que envía',
    text: 'Ámbitos, tokens y aserciones, explicados punto por punto.',
  },
  kinds: {
    heading: '¿De qué tipo es la aplicación?',
    lead: 'Los valores de este servidor ya están puestos. Escriba su client_id en el lugar de `your-client-id`.',
    label: 'Tipo de aplicación',
    browser: 'Navegador',
    server: 'Con servidor',
    'server-key': 'Con servidor y clave',
    native: 'Teléfono',
    backend: 'Servicio, sin persona',
  },
  notes: {
    browser: [
      'Use PKCE y un `state` nuevo. Pida solo lo que necesita la primera pantalla; las personas leen cada punto en palabras sencillas.',
      'Esta es una aplicación entera: póngala en una página de la dirección registrada.',
    ],
    server: [
      'El mismo camino para la persona; su servidor cambia el código y se identifica con su secreto por HTTP Basic.',
      'Pida `offline_access` solo si la aplicación trabaja cuando nadie la mira.',
    ],
    'server-key': [
      'En lugar de un secreto, cada petición de token lleva una aserción nueva, firmada con RS384 o ES384.',
      'Registre la clave pública por su dirección (`jwks_uri`), y así podrá cambiarla usted.',
    ],
    native: [
      'El inicio de sesión se hace en el navegador del sistema, nunca en una vista web. Regístrela con `application_type` `native`.',
      'Son dos esbozos; lo que envían es lo mismo que envía la aplicación del navegador.',
    ],
    backend: [
      'Ni persona ni navegador: una aserción consigue un token de cinco minutos. Los ámbitos empiezan por `system/`.',
      'Si se rechaza una petición de token, el médico de aserciones dice de una vez todo lo que está mal.',
    ],
  },
  walk: {
    sign: {
      title: 'Firme una aserción',
      text: 'Dice quién es usted, para qué dirección vale y hasta cuándo. Cada una se usa una sola vez.',
      caption: 'Aserción',
    },
    ask: {
      title: 'Envíe aquí a la persona',
      text: 'Inicia sesión y decide. Guarde `state` y el verificador en su sesión: ambos son nuevos en cada lanzamiento.',
      caption: 'Autorización',
    },
    trade: {
      title: 'Cambie el código por un token',
      text: 'La persona vuelve con un código. Vale una vez, y solo con el verificador del mismo lanzamiento.',
      caption: 'Token',
    },
    present: {
      title: 'Cámbiela por un token',
      text: 'El token vale cinco minutos. Después firme otra aserción y vuelva a pedirlo.',
      caption: 'Token',
    },
    read: {
      title: 'Lea con el token',
      text: 'La respuesta que trae el token nombra al paciente elegido.',
      caption: 'FHIR',
    },
    search: {
      title: 'Lea con el token',
      text: 'Abre lo que dicen sus ámbitos, y nada más.',
      caption: 'FHIR',
    },
  },
  whole: (language) => `El código completo, ${language}`,
  outline: 'esbozo',
  code: (language) => `el código en ${language}`,
  features: {
    heading: 'Lo que funciona aquí',
    statement: 'CapabilityStatement',
    feature: 'Función',
    state: 'Estado',
    short: 'En breve',
    ready: 'Listo',
    rows: [
      {
        name: 'Abrir desde la historia y por sí sola',
        short: 'Con paciente y visita, identificación del paciente y estilo',
      },
      {
        name: 'Ámbitos finos',
        short: 'Por clase de dato y por categoría, aplicados en todos los caminos',
      },
      { name: 'Servicios', short: 'ES384 y RS384, tokens de cinco minutos' },
      {
        name: 'Leer, buscar y escribir',
        short: 'Todos los tipos de R4, transacciones, historial, $everything',
      },
      { name: 'Exportación masiva', short: 'Del sistema, de pacientes y de grupos, en NDJSON' },
    ],
  },
  scopes: 'Ámbitos que funcionan aquí',
  scopesLead:
    'Valen todos los tipos de R4 y todas las letras de `cruds`; estos son los que anuncia el servidor.',
  capabilities: 'Capacidades SMART',
}
