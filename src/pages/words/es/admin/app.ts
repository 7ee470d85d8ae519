import type { app as englishApp, done as englishDone } from '../../en/admin/app.ts'

export const app: typeof englishApp = {
  title: (tab, app) => `${tab} de ${app}`,
  tabs: { settings: 'Ajustes', credentials: 'Credenciales', access: 'Acceso', use: 'Uso' },
  configured:
    'Esta aplicación viene de un archivo de la carpeta de clientes. Cambie el archivo y reinicie el servidor.',
  panels: { seen: 'Lo que ven las personas', runs: 'Dónde funciona', service: 'Quién responde por ella' },
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
  },
}

export const done: typeof englishDone = {
  saved: (name) => `Guardado. ${name} funciona así desde ahora.`,
  added: (name) => `${name} queda registrada.`,
  enabled: (name) => `${name} está habilitada.`,
  disabled: (name) => `${name} está deshabilitada. Sus tokens ya no valen.`,
  refused: (name) => `${name} fue rechazada.`,
  removed: (name) => `${name} fue eliminada. Sus tokens ya no valen.`,
  ended: (name) => `Terminado. ${name} ya no tiene tokens; se preguntará de nuevo a las personas.`,
  grantEnded: (name) => `Terminado. Lo que ${name} recibió en esa apertura ya no vale.`,
  fetched: (name) => `Se obtuvieron las claves de ${name}.`,
  notFetched: (name) => `No se pudieron obtener las claves de ${name}.`,
}

export const mistakes = [
  { starts: 'is not an absolute URI', say: 'Escriba la dirección entera, con https:// delante' },
  { starts: 'must begin with https://', say: 'Empiece la dirección con https://' },
  { starts: 'must have no fragment', say: 'Quite la # y lo que sigue' },
  { starts: 'must have no wildcard', say: 'Quite el *: las direcciones se comparan letra por letra' },
  { starts: 'must have no white space', say: 'Quite los espacios y las barras inversas' },
  { starts: 'must have no user name', say: 'Quite el nombre de usuario y la contraseña' },
  { starts: 'must have "//"', say: 'Escriba dos barras y un servidor después del esquema' },
  { starts: 'is not an origin', say: 'Escriba solo esquema y servidor, como https://app.example.org' },
  {
    starts: 'uses a private scheme',
    say: 'Solo una aplicación de dispositivo puede tener un esquema propio',
  },
  {
    starts: 'must use a scheme named after',
    say: 'Dé al esquema el nombre de un dominio suyo, como org.example.app:/done',
  },
  { starts: 'must not use the scheme', say: 'Empiece la dirección con https://' },
  { starts: 'must hold at least one address', say: 'Indique al menos una dirección' },
  { starts: 'must have no control characters', say: 'Quite los saltos de línea' },
  { starts: 'is taken', say: 'Elija otro: ya existe' },
  { starts: 'Too small', say: 'Rellene este campo' },
  { starts: 'Invalid input: expected string, received undefined', say: 'Rellene este campo' },
  { starts: 'Too big', say: 'Use menos caracteres' },
  { starts: 'must be 1 to 100', say: 'Use solo letras, cifras y . _ ~ -, 100 como máximo' },
  { starts: 'must be a PNG', say: 'Elija una imagen PNG, JPEG o WebP' },
  { starts: 'must be at most', say: 'Elija un archivo más pequeño' },
  { starts: 'holds no key for RS384', say: 'Indique una clave para RS384 (RSA) o ES384 (EC P-384)' },
  { starts: 'private_key_jwt needs', say: 'Indique la dirección de sus claves, las claves o un certificado' },
  { starts: 'has two keys with the same kid', say: 'Dé a cada clave un ID propio' },
  {
    starts: 'holds the private member',
    say: 'Es una clave privada, y ya no es secreta. Cree un par nuevo e indique solo la parte pública',
  },
  {
    starts: 'is not a certificate in PEM form',
    say: 'Elija un certificado en forma PEM o DER, con una clave RSA o de la curva P-384',
  },
]
