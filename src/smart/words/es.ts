import type { ConsentWords } from './en.ts'
import { categories, kinds } from './es-kinds.ts'
import { type About, kind } from './kind.ts'

export const es: ConsentWords = {
  lang: 'es',
  kinds,
  categories,
  // FHIR names its types in English only.
  otherKind: (name: string) =>
    kind(`Otros datos: «${name}»`, 'Entradas de este tipo.', 'entrada', 'entradas'),
  whoYouAre: {
    title: 'Quién es usted',
    hint: (about: About) => {
      switch (about.who) {
        case 'self':
          return 'Su nombre y que estos datos son los suyos.'
        case 'named':
          return `Su nombre y su relación con ${about.name}.`
        default:
          return 'Su nombre y quién es usted aquí.'
      }
    },
  },
  everything: {
    patient: { only: 'Todo el historial', rest: 'Todo lo demás del historial' },
    user: { only: 'Todo lo que usted puede ver', rest: 'Todo lo demás que usted puede ver' },
    later: 'Incluye también los tipos de datos que se añadan más adelante.',
    noun: { one: 'entrada', other: 'entradas' },
  },
  ofEveryone: (title) => `${title} de los pacientes que usted puede ver`,
  ofNobody: (title) => `${title}, en la medida en que usted pueda ver esos datos`,
  inPart: (title) => `${title}, en parte`,
  matching: (filters) => `Solo entradas con ${filters}.`,
  narrow: 'Puede limitarlo a los tipos siguientes.',
  add: {
    note: 'Solo añadir',
    hint: (app) => `${app} puede añadir entradas. Esto no le permite cambiar ni borrar ninguna.`,
  },
  change: {
    note: 'Solo cambiar',
    hint: (app) =>
      `${app} puede cambiar entradas que ya existen. Esto no le permite añadir ni borrar ninguna.`,
  },
  addAndChange: (app) => `${app} puede añadir entradas y cambiar las que ya existen.`,
  delete: (app) => `${app} puede borrar entradas del historial.`,
  addVitalSigns: {
    title: 'Mediciones de presión arterial en casa',
    hint: 'Añade mediciones como las tomadas en casa. No puede cambiar ni borrar lo que escribió el equipo médico.',
  },
}
