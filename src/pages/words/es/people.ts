import type { Words } from '../en.ts'

export const people: Words['people'] = {
  born: 'Nacimiento',
  sex: 'Sexo',
  record: 'Historia',
  genders: { female: 'Mujer', male: 'Hombre', other: 'Otro', unknown: 'No consta' },
  unknown: 'No consta',
  died: 'fallecimiento registrado',
  signedIn: (name) => `Ha iniciado sesión como ${name}.`,
  signedInAs: (name, relation) => `Ha iniciado sesión como ${name}, ${relation}.`,
  notYou: '¿No es usted?',
  relations: {
    MTH: (patient) => `madre de ${patient}`,
    FTH: (patient) => `padre de ${patient}`,
    PRN: (patient) => `madre o padre de ${patient}`,
    GUARD: (patient) => `responsable legal de ${patient}`,
    CHILD: (patient) => `hija o hijo de ${patient}`,
    SPS: (patient) => `pareja de ${patient}`,
  },
  yours: {
    self: (patient) => `${patient}, usted`,
    MTH: (patient) => `${patient}, su hija o hijo`,
    FTH: (patient) => `${patient}, su hija o hijo`,
    PRN: (patient) => `${patient}, su hija o hijo`,
    GUARD: (patient) => `${patient}, a su cargo`,
    CHILD: (patient) => `${patient}, su madre o padre`,
    SPS: (patient) => `${patient}, su pareja`,
  },
}
