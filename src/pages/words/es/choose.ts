import type { Words } from '../en.ts'

export const choose: Words['choose'] = {
  choose: 'Elegir',
  cancel: 'Cancelar y volver a la aplicación',
  audited: 'Abrir una historia clínica queda anotado en el registro de auditoría.',
  more: 'Hay más. Solo se muestran los primeros.',
  patient: {
    title: 'Elija un paciente',
    opens: 'se abre con el paciente que elija',
    search: {
      label: 'Nombre, fecha de nacimiento o número de historia',
      hint: 'El comienzo de un nombre, una fecha como 2014-03-14 o un número de historia completo.',
      button: 'Buscar',
    },
    narrow: 'Hay más. Escriba más letras del nombre o busque por número de historia.',
    match: (count, q) =>
      count === 1 ? `1 paciente coincide con «${q}»` : `${count} pacientes coinciden con «${q}»`,
    first: (count, q) => `Los primeros ${count} pacientes que coinciden con «${q}»`,
    all: 'Pacientes cuya historia puede abrir',
    recent: 'Pacientes recientes',
    columns: { name: 'Nombre', born: 'Fecha de nacimiento', sex: 'Sexo', record: 'Identificador' },
    who: (name, born) => `${name}, fecha de nacimiento ${born}`,
    empty: {
      title: (page) => `Sin resultados: ${page}`,
      heading: (q) => `Ningún paciente coincide con «${q}»`,
      advice:
        'Revise la ortografía, pruebe con menos letras o busque solo por fecha de nacimiento o número de historia.',
      clear: 'Borrar la búsqueda',
    },
    none: {
      heading: 'Aquí no hay ninguna historia que pueda abrir',
      advice: 'Quien administra este servidor puede decirle por qué.',
    },
  },
  encounter: {
    title: 'Elija una visita',
    opens: 'se abre con la visita que elija',
    caption: 'Visitas, primero las más recientes',
    columns: { kind: 'Visita', when: 'Cuándo', where: 'Dónde', state: 'Estado' },
    states: {
      planned: 'Prevista',
      arrived: 'Paciente presente',
      triaged: 'Paciente presente',
      'in-progress': 'En curso',
      onleave: 'Con permiso de salida',
      finished: 'Terminada',
      cancelled: 'Cancelada',
      'entered-in-error': 'Anotada por error',
      unknown: 'No consta',
    },
    unknownKind: 'Visita',
    without: 'Seguir sin ninguna visita',
    none: { heading: 'No consta ninguna visita', advice: 'La aplicación puede abrirse sin ella.' },
  },
  context: {
    title: (app) => `Elija con qué se abre ${app}`,
    opens: 'se abre con lo que elija',
    caption: 'Lo que hay en esta historia',
    columns: { what: 'Qué', detail: 'Más datos' },
    without: 'Seguir sin nada',
    none: { heading: 'No hay nada que elegir', advice: 'La aplicación puede abrirse así.' },
  },
}
