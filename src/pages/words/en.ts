import { account } from './en/account.ts'
import { admin } from './en/admin.ts'
import { choose } from './en/choose.ts'
import { consent } from './en/consent.ts'
import { developer } from './en/developer.ts'
import { error } from './en/errors.ts'
import { help } from './en/help.ts'
import { landing } from './en/landing.ts'
import { mistakes } from './en/mistakes.ts'
import { myApps } from './en/my-apps.ts'
import { people } from './en/people.ts'
import { setPassword } from './en/set-password.ts'
import { setUp } from './en/set-up.ts'
import { signIn } from './en/sign-in.ts'

/** Every sentence of the pages, in English. Another language is another object of this type. */
export type Words = typeof en

// Rich text has no markup but `code` between backticks (partials/prose.ejs). What fills a hole such as {app} is
// text; it stands out where the hole says {app!} (sentence.ts).
export const en = {
  lang: 'en',
  /** Of dates and numbers. */
  locale: 'en-GB',
  language: 'English',
  product: 'Lanyard',
  skip: 'Skip to main content',
  copy: 'Copy',
  copied: 'Copied',
  /** The title of a window. */
  title: (page: string, site: string) => `${page} - ${site}`,
  demo: {
    label: 'Demo mode',
    banner: 'Demo mode: synthetic data, public passwords',
    site: 'Alder Valley Hospital',
  },
  /** Where nobody needs to say who they are. */
  open: {
    label: 'No authentication',
    banner: 'Authentication is off: everybody can read and change every record',
  },
  problem: {
    heading: 'There is a problem',
    /** Before the words of a field, for those who hear them. */
    mark: 'Error:',
    title: (page: string) => `Error: ${page}`,
  },
  details: 'Technical details',
  /** Of an app: whether somebody here has looked at it. */
  verified: 'Verified',
  unverified: 'Not verified',
  newTab: 'opens in a new tab',
  closes: (time: string) => `For your safety this page closes in ${time}. You would then start again.`,
  landing,
  people,
  signIn,
  setPassword,
  setUp,
  choose,
  consent,
  account,
  admin,
  developer,
  myApps,
  /** What probably went wrong with a launch. */
  mistakes,
  error,
  help,
}
