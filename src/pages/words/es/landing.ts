import type { Words } from '../en.ts'

export const landing: Words['landing'] = {
  title: 'Lanyard',
  heading: 'Una acreditación para cada aplicación que abre una historia clínica',
  lead: 'Lanyard es un servidor de autorización con un servidor FHIR detrás. Las personas deciden qué puede ver una aplicación, esta recibe un token que lo dice, y cada petición se atiene a él. SMART App Launch 2.2 sobre FHIR R4.',
  calm: 'Este servidor decide qué aplicaciones pueden abrir las historias clínicas que se guardan aquí, y lo hace cumplir en cada petición. SMART on FHIR, con FHIR R4.',
  glance: {
    title: 'Abra una aplicación',
    lead: 'Glance es una pequeña aplicación SMART que trae este servidor. Muestra lo que una persona ha compartido con ella y lo que se le ha negado.',
    alone: 'Probar la aplicación',
    ehr: 'Abrirla desde la historia',
    people: 'Inicie sesión como una de estas personas. La contraseña es `lanyard-demo`.',
    who: [
      { name: 'patient', note: 'Anders, que abre su propia historia' },
      { name: 'parent', note: 'Marta, que elige a uno de sus hijos' },
      {
        name: 'clinician',
        note: 'El doctor Haddad, que busca entre todos los pacientes y desde cuya pantalla la historia abre la aplicación',
      },
    ],
    account: 'Ver y retirar lo que pueden hacer las aplicaciones',
  },
  ways: {
    title: 'Por dónde seguir',
    app: {
      name: 'Probar la aplicación de ejemplo',
      note: 'Entre como paciente, madre o médico, y decida lo que ve.',
    },
    account: {
      name: 'Sus aplicaciones',
      note: 'Vea y retire lo que las aplicaciones pueden hacer con su historia.',
    },
    console: {
      name: 'Abrir la consola',
      note: 'Para quien administra: aplicaciones, personas, derechos y por qué se rechazó algo.',
    },
    consoleDemo: {
      name: 'Abrir la consola',
      note: 'Como `admin`: aplicaciones, personas, derechos y por qué se rechazó algo.',
    },
    developers: {
      name: 'Leer las páginas de desarrollo',
      note: 'Código para su tipo de aplicación, un explorador de la API y herramientas.',
    },
  },
  addresses: 'Direcciones',
  fhir: { label: 'Servidor FHIR', what: 'la dirección del servidor FHIR' },
  issuer: { label: 'Emisor', what: 'el emisor' },
  token: { label: 'Punto de tokens', what: 'el punto de tokens' },
  smart: { label: 'Descubrimiento', what: 'la dirección de descubrimiento' },
  lookInside: 'Mire dentro',
  documents: {
    capability: { name: 'CapabilityStatement', note: 'Lo que sabe hacer el servidor FHIR' },
    oauth: { name: 'Metadatos de OAuth', note: 'Descubrimiento para bibliotecas de OAuth' },
    keys: { name: 'Claves públicas', note: 'Con qué se firman los tokens' },
    ready: { name: 'Salud', note: 'Si puede recibir tráfico' },
    metrics: { name: 'Métricas', note: 'Contadores para Prometheus' },
  },
  firstToken: {
    title: 'Su primer token',
    link: 'Obtener un primer token',
    answer: 'Respuesta',
    lead: 'Ejecute esto en la carpeta del proyecto mientras el servidor funciona. La demostración tiene un servicio sin usuario con su propia clave.',
    get: {
      title: 'Obtenga un token',
      text: 'Firma una aserción con la clave de `demo-backend` y la cambia por un token que puede leerlo todo.',
      caption: 'Terminal',
      what: 'la orden que obtiene un token',
    },
    read: {
      title: 'Lea dos pacientes',
      text: 'Todos son inventados.',
      caption: 'Terminal',
      what: 'la orden que lee pacientes',
    },
    refuse: {
      title: 'Pida con una acreditación menor',
      text: 'Un token solo para pacientes no abre resultados de laboratorio, y la respuesta dice por qué.',
      caption: 'Terminal',
      what: 'las órdenes que se rechazan',
      answer: {
        status: '403 Forbidden',
        text: 'This token opens nothing of type Observation; a scope such as "system/Observation.s" would.',
      },
    },
  },
  works: {
    title: 'Qué funciona hoy y qué viene después',
    feature: 'Función',
    state: 'Estado',
    short: 'En breve',
    ready: 'Lista',
    next: 'Después',
    rows: [
      {
        name: 'Tokens para servicios sin usuario',
        ready: true,
        short: 'Aserciones firmadas con RS384 o ES384, con las claves incluidas o por URL',
      },
      {
        name: 'Ámbitos finos',
        ready: true,
        short: 'Como `system/Observation.rs?category=laboratory`, y el más antiguo `system/*.read`',
      },
      {
        name: 'Leer y buscar en FHIR',
        ready: true,
        short: 'Tampoco las cadenas, las inclusiones y los totales muestran más de lo que abre el token',
      },
      {
        name: 'Introspección y revocación',
        ready: true,
        short: 'Un token revocado deja de valer en el acto',
      },
      {
        name: 'Claves, auditoría, métricas',
        ready: true,
        short: 'Las claves de firma cambian sin reiniciar',
      },
      {
        name: 'Abrir aplicaciones',
        ready: true,
        short: 'Desde la historia y por sí solas, con inicio de sesión y permiso',
      },
      {
        name: 'Páginas de cuenta',
        ready: true,
        short: 'Ver, reducir y retirar lo que pueden hacer las aplicaciones',
      },
      { name: 'Escribir en FHIR', ready: true, short: 'Crear, cambiar y borrar con las mismas reglas' },
      {
        name: 'Roles y reglas',
        ready: true,
        short: 'Quién ve qué filas y qué elementos, con una página que explica cada decisión',
      },
      { name: 'Exportación masiva', ready: true, short: 'Del sistema, de pacientes y de grupos' },
      {
        name: 'Otras entradas',
        ready: true,
        short: 'Claves de API, contraseñas y tokens de otros servidores de autorización',
      },
      {
        name: 'Consola y páginas de desarrollo',
        ready: true,
        short: 'Registrar aplicaciones, abrirlas a prueba y ver por qué se rechazó algo',
      },
      {
        name: 'Un segundo factor, y entrar por otro proveedor',
        ready: false,
        short: 'Llaves de acceso, códigos, otros proveedores',
      },
    ],
  },
}
