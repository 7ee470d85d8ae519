import { englishMistakes } from '../../../launches/flight-mistakes.ts'

/** The likely mistakes of a launch: the command and the API tell the same in English. */
export const mistakes = englishMistakes
