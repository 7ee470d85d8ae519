/** Names by heritage, with the US Core race and ethnicity that such a (made-up) person states. */
export type Heritage = {
  race: keyof typeof RACES
  hispanic: boolean
  /** A language other than English that some of them prefer. */
  language?: keyof typeof LANGUAGES
  female: readonly string[]
  male: readonly string[]
  family: readonly string[]
}

const words = (list: string): string[] => list.split(' ')

/** OMB categories (CDC Race and Ethnicity). */
export const RACES = {
  white: ['2106-3', 'White'],
  black: ['2054-5', 'Black or African American'],
  asian: ['2028-9', 'Asian'],
  native: ['1002-5', 'American Indian or Alaska Native'],
  pacific: ['2076-8', 'Native Hawaiian or Other Pacific Islander'],
} as const

export const LANGUAGES = {
  en: 'English',
  es: 'Spanish',
  sv: 'Swedish',
  tr: 'Turkish',
  ar: 'Arabic',
  zh: 'Chinese',
  vi: 'Vietnamese',
} as const

const european: Heritage = {
  race: 'white',
  hispanic: false,
  female: words(
    'Emma Olivia Zoë Charlotte Margaret Ruth Hannah Claire Renée Siobhán Ingrid Astrid Eleanor Judith Elin Dorothy Helena Freja',
  ),
  male: words(
    'James William Søren Henrik Théo Patrick Walter Lukas Owen George Björn Peter Samuel Jürgen Oliver Harold Nils Gustav',
  ),
  family: words(
    'Miller Johansson O’Connor Müller Sørensen Baker Nyström Kowalski Łukaszewicz Fournier MacDonald Bennett Håkansson Wright D’Angelo Carlsson Whitfield Dubois Åkerman Hughes Petersen Novák Thatcher Ekström Larkin Vogel Sandoz Marsh Ashworth Holm',
  ),
}
const latin: Heritage = {
  race: 'white',
  hispanic: true,
  language: 'es',
  female: words('María Lucía Sofía Guadalupe Inés Carmen Valeria Ximena Rosa Elena'),
  male: words('José Andrés Ramón Luis Ángel Mateo Joaquín Diego Raúl Tomás'),
  family: words(
    'García Núñez Hernández Peña Muñoz Castillo Reyes Ortega Ibáñez Domínguez Vega Solís Quiñones Fuentes',
  ),
}
const african: Heritage = {
  race: 'black',
  hispanic: false,
  female: words('Aaliyah Imani Denise Keisha Naomi Amara Simone Gloria Adaeze Monique'),
  male: words('Malik Andre Darnell Isaiah Kwame Terrence Elijah Marcus Chidi Desmond'),
  family: words(
    'Washington Jefferson Mensah Brooks Coleman Diallo Adeyemi Banks Fofana Gaines Osei Rivers Tucker',
  ),
}
const chinese: Heritage = {
  race: 'asian',
  hispanic: false,
  language: 'zh',
  female: words('Mei Xiu Jia-Li Fang Yan'),
  male: words('Wei Jun Hao Bo Ming'),
  family: words('Chen Wang Zhao Huang Liu Sun Guo'),
}
const vietnamese: Heritage = {
  race: 'asian',
  hispanic: false,
  language: 'vi',
  female: words('Linh Hoa Thảo Trang'),
  male: words('Minh Đức Quang Hùng'),
  family: words('Nguyễn Trần Phạm Lê'),
}
const indian: Heritage = {
  race: 'asian',
  hispanic: false,
  female: words('Ananya Kavita Meera Sunita Leela'),
  male: words('Arjun Ravi Vikram Sanjay Rohan'),
  family: words('Sharma Patel Reddy Iyer Menon Kapoor'),
}
const levantine: Heritage = {
  race: 'white',
  hispanic: false,
  language: 'ar',
  female: words('Leila Yasmin Fatima Rania Salma'),
  male: words('Omar Karim Yusuf Hassan Tariq'),
  family: words('Khalil Rahimi Saleh Nazari Mansour Farouk'),
}
const wabanaki: Heritage = {
  race: 'native',
  hispanic: false,
  female: words('Winona Aponi Grace Ramona'),
  male: words('Joseph Dakota Louis Peter'),
  family: words('Sockabasin Francis Attean Polchies'),
}
const islander: Heritage = {
  race: 'pacific',
  hispanic: false,
  female: words('Leilani Malia Sina'),
  male: words('Keoni Tavita Manu'),
  family: words('Kealoha Tuiasosopo Mahoe'),
}

export const HERITAGES: readonly (readonly [weight: number, Heritage])[] = [
  [54, european],
  [16, latin],
  [13, african],
  [3, chinese],
  [3, vietnamese],
  [3, indian],
  [4, levantine],
  [2, wabanaki],
  [2, islander],
]

export const STREETS = words(
  'Alder Birch Mill Harbor School Quarry Chapel Orchard Station Lakeview Maple Ferry',
)
export const TOWNS = [
  ['Alder Valley', '04901'],
  ['Millbrook', '04905'],
  ['Riverside', '04912'],
  ['North Alder', '04919'],
  ['Stonebridge', '04927'],
] as const

/** ASCII lower case for ids and mail addresses: `Łukasz Nuñez` to `lukasz-nunez`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/đ/g, 'd')
    .normalize('NFD')
    .replace(/[^a-z -]/g, '')
    .replace(/ /g, '-')
}
