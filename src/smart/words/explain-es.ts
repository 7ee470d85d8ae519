import type { RefusalReason } from '../permit.ts'
import type { ExplainWords, Refused } from './explain-en.ts'

const refusals: Readonly<Record<RefusalReason, (of: Refused) => string>> = {
  'type-not-granted': ({ type }) => `Este token no abre nada del tipo ${type}.`,
  'letter-not-granted': ({ type, letter, interaction }) =>
    `Para ${type}, este token no tiene la letra «${letter}» que pide ${interaction}.`,
  'no-patient-in-context': ({ type }) =>
    `Este token tiene un ámbito patient/ para ${type}, pero ningún paciente en contexto.`,
  'no-user': ({ type }) => `Este token tiene un ámbito user/ para ${type}, pero ningún usuario detrás.`,
  'patient-create': () =>
    'Un ámbito patient/ no puede crear un Patient: una persona nueva nunca es el paciente en contexto.',
  'not-for-role': ({ type, interaction }) =>
    `Ningún rol detrás de este token lo permite: ${interaction} de ${type} no está entre lo que permite el rol.`,
  'no-common-range': ({ type }) => `Cada credencial abre algo de ${type}, y ninguna lo que abre la otra.`,
}

/** Lo que dice la prueba, paso por paso. */
export const explainEs: ExplainWords = {
  request: (asked, interaction, what, letter) =>
    `${asked} es ${interaction} de ${what}, que pide la letra «${letter}».`,
  types: (count) => `${count} tipos`,
  client: (id, scope) => `Cliente ${id}, registrado para: ${scope || 'nada'}.`,
  noUser: 'Ningún usuario.',
  noRoles: 'No nombra roles, así que cuentan solo sus ámbitos.',
  itsRoles: (roles) => `Sus roles: ${roles}.`,
  who: (name, reach, roles) => `${name} llega a ${reach}; roles: ${roles || 'ninguno'}.`,
  all: 'todas las historias',
  none: 'ninguna historia',
  some: (records, more) => `las historias de ${records}${more > 0 ? ` y ${more} más` : ''}`,
  holds: (scopes) => `Un token tendría: ${scopes || 'nada'}.`,
  notForServices: (scope) =>
    `El ámbito «${scope}» quedó fuera: sin usuario, solo los ámbitos system/ abren datos.`,
  notRegistered: (scope) => `El ámbito «${scope}», o una parte, quedó fuera: no está registrado.`,
  noPatient: 'No hay paciente en contexto, así que los ámbitos patient/ no abren nada.',
  patient: (id) => `Patient/${id}: los ámbitos patient/ abren esta historia.`,
  patientBeyond: (id, reach) =>
    `El usuario no llega a Patient/${id} (llega a ${reach}): no existe un token así.`,
  noneAllowed: 'Ninguno, así que no se permite nada.',
  allowsNothing: {
    plain: 'no permite nada de las historias',
    unknown: 'nadie lo define',
    disabled: 'está deshabilitado',
  },
  rule: (name) =>
    name
      .replaceAll(/rule (\d+) of role ([a-z0-9-]+)/g, 'regla $1 del rol $2')
      .replaceAll(/\brole ([a-z0-9-]+)/g, 'rol $1')
      .replaceAll(' and ', ' y '),
  otherApp: (apps) => `no cuenta con esta aplicación (sí con ${apps})`,
  notAbout: (types) => `no trata de ${types}`,
  noLetter: (letters, letter, interaction) =>
    `tiene las letras «${letters}», sin «${letter}» para ${interaction}`,
  noValue: (variables) => `no abre nada: ${variables || 'una variable'} no tiene valor aquí`,
  counts: 'cuenta',
  where: (criteria) => `donde ${criteria.join(' y ')}`,
  hiding: (paths) => `oculta ${paths}`,
  changing: (paths) => `solo se puede cambiar ${paths}`,
  within: (scopes) => `dentro de los ámbitos ${scopes || 'ninguno'}`,
  by: (scope, rule) => (rule === undefined ? `Por el ámbito ${scope}` : `Por el ámbito ${scope}, ${rule}`),
  alone: (reference) => `solo ${reference}`,
  onlyWhere: (criterion) => `solo donde ${criterion}`,
  without: (paths) => `sin ${paths}`,
  nothing: 'Nada.',
  refusal: (reason, _sentence, of) => refusals[reason](of),
  parameter: {
    counts: (shown) => `${shown} cuenta.`,
    unknown: (shown) => `${shown} no se conoce y queda fuera.`,
    refused: (shown, why) => `${shown} se rechaza: ${why}`,
  },
  allowedWithin: 'Permitida, con límites.',
  allowedAll: 'Permitida, para todo lo del tipo.',
  refused: (why) => `Rechazada: ${why ?? 'nada la abre.'}`,
}
