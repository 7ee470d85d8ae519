import type { app as englishApp, done as englishDone } from '../../en/admin/app.ts'

export const app: typeof englishApp = {
  title: (tab, app) => `${tab} de ${app}`,
  tabs: { settings: 'Ajustes', credentials: 'Credenciales', access: 'Acceso', use: 'Uso' },
  tryIt: 'Probar una apertura',
  configured:
    'Esta aplicación viene de un archivo de la carpeta de clientes. Cambie el archivo y reinicie el servidor.',
  panels: {
    seen: 'Lo que ven las personas',
    is: 'Qué es',
    runs: 'Dónde funciona',
    service: 'Quién responde por ella',
  },
  serviceName: { label: 'Nombre', hint: 'Se muestra en esta consola y en la auditoría.' },
  fields: {
    client_name: { label: 'Nombre', hint: 'Aparece en la página de consentimiento.' },
    owner: { label: 'Responsable', hint: 'La persona o el departamento que responde por ella.' },
    client_uri: { label: 'Página web', hint: '' },
    policy_uri: { label: 'Política de privacidad', hint: '' },
    tos_uri: { label: 'Condiciones de uso', hint: '' },
    contacts: { label: 'Contactos', hint: 'Uno por línea: direcciones de correo o teléfonos.' },
    launch_uris: {
      label: 'Direcciones de apertura',
      hint: 'Se abren desde la historia clínica, con `iss` y `launch` añadidos. Una por línea.',
    },
    redirect_uris: {
      label: 'Direcciones de retorno',
      hint: 'Una por línea. Se comparan letra por letra; sin comodines.',
    },
    post_logout_redirect_uris: { label: 'Direcciones tras cerrar sesión', hint: 'Una por línea.' },
    allowed_origins: {
      label: 'Orígenes de navegador',
      hint: 'Desde los que un navegador puede llamar a este servidor, p. ej. `https://app.example.org`. Uno por línea.',
    },
    responsible_user: {
      label: 'Usuario responsable',
      hint: 'Un nombre de usuario; la auditoría lo nombra junto a la aplicación.',
    },
  },
  verified: {
    label: 'Hemos comprobado esta aplicación',
    hint: 'Las personas ven «Verificada» y su logotipo. Sin ello se les dice que aquí nadie la ha mirado.',
  },
  logo: {
    title: 'Logotipo',
    label: 'Imagen',
    hint: 'PNG, JPEG o WebP, de 64 kB como máximo. Guardamos una copia propia.',
    present: 'Esta copia se muestra a las personas cuando la aplicación está verificada.',
    none: 'No hay: las personas ven la primera letra del nombre.',
    button: 'Usar esta imagen',
    remove: 'Quitar el logotipo',
    missing: 'Elija primero una imagen',
    picture: 'Una imagen',
    nothing: 'Ninguna',
  },
}

export const done: typeof englishDone = {
  saved: (name) => `Guardado. ${name} funciona así desde ahora.`,
  added: (name) => `${name} queda registrada.`,
  enabled: (name) => `${name} está habilitada.`,
  disabled: (name) => `${name} está deshabilitada. Sus tokens ya no valen.`,
  refused: (name) => `${name} fue rechazada.`,
  removed: (name) => `${name} fue eliminada. Sus tokens ya no valen.`,
  changed: (name) => `Hecho: ${name}. Cuenta desde ahora.`,
  ended: (name) => `Terminado. ${name} ya no tiene tokens; se preguntará de nuevo a las personas.`,
  grantEnded: (name) => `Terminado. Lo que ${name} recibió en esa apertura ya no vale.`,
  reminded: (name) => `Se ha pedido al responsable de ${name} que la renueve.`,
  fetched: (name) => `Se obtuvieron las claves de ${name}.`,
  notFetched: (name) => `No se pudieron obtener las claves de ${name}.`,
  branded: () => 'Guardado. Todas las páginas se ven así desde ahora.',
  rotated: () => 'Hecho. Las claves que esperaban firman desde ahora.',
  rotatedBefore: () => 'Otra persona acaba de cambiar las claves. Su cambio no se hizo también.',
}

export const mistakes: Readonly<Record<string, string>> = {
  'is not an absolute URI': 'Escriba la dirección entera, con https:// delante',
  'must begin with https://': 'Empiece la dirección con https://',
  'must have no fragment': 'Quite la # y lo que sigue',
  'must have no wildcard': 'Quite el *: las direcciones se comparan letra por letra',
  'must have no white space': 'Quite los espacios y las barras inversas',
  'must have no user name': 'Quite el nombre de usuario y la contraseña',
  'must have "//"': 'Escriba dos barras y un servidor después del esquema',
  'is not an origin': 'Escriba solo esquema y servidor, como https://app.example.org',
  'uses a private scheme': 'Solo una aplicación de dispositivo puede tener un esquema propio',
  'must use a scheme named after': 'Dé al esquema el nombre de un dominio suyo, como org.example.app:/done',
  'must not use the scheme': 'Empiece la dirección con https://',
  'must hold at least one address': 'Indique al menos una dirección',
  'must have no control characters': 'Quite los saltos de línea',
  'is taken': 'Elija otro: ya existe',
  'Too small': 'Rellene este campo',
  'Invalid input: expected string, received undefined': 'Rellene este campo',
  'Too big': 'Use menos caracteres',
  'must be 1 to 100': 'Use solo letras, cifras y . _ ~ -, 100 como máximo',
  'must be a PNG': 'Elija una imagen PNG, JPEG o WebP',
  'must be a drawing of plain shapes': 'Elija un dibujo de formas sencillas, sin estilos, scripts ni enlaces',
  'must be a colour': 'Escríbalo como # y seis cifras o letras, por ejemplo #0b5c6b',
  'must be a date like': 'Escriba una fecha como 2026-03-01, o una hora como 2026-03-01T12:00 en UTC',
  'must be a day that': 'Escriba un día que exista',
  'must be at most': 'Elija un archivo más pequeño',
  'holds no key for RS384': 'Indique una clave para RS384 (RSA) o ES384 (EC P-384)',
  'private_key_jwt needs': 'Indique la dirección de sus claves, las claves o un certificado',
  'has two keys with the same kid': 'Dé a cada clave un ID propio',
  'holds the private member':
    'Es una clave privada, y ya no es secreta. Cree un par nuevo e indique solo la parte pública',
  'is not a certificate in PEM form':
    'Elija un certificado en forma PEM o DER, con una clave RSA o de la curva P-384',
}
