/** Signing in and out. */
export const signIn = {
  title: 'Sign in',
  again: { title: 'Sign in again', lead: 'You were away, or the app wants to know that it is still you.' },
  /** Somebody else is signed in than the one for whom a launch was made. */
  another: {
    title: 'This launch is for somebody else',
    lead: 'It was made for another user than the one who is signed in here. Signing in ends the session that is open in this browser.',
  },
  /** Of our own pages: what one comes to. */
  purposes: {
    account: 'To see which apps use your record, and to withdraw what you allowed.',
    developer: 'To register your apps, and to see how they are doing.',
    admin: 'To run this server: its apps, its people and their rights.',
  },
  toUse: 'To use {app!}',
  returns: (host: string) => `Then you return to ${host}`,
  username: 'Username',
  password: 'Password',
  show: 'Show',
  hide: 'Hide',
  showWhat: 'password',
  button: 'Sign in',
  cancel: (app: string) => `Go back to ${app}`,
  refused: {
    summary: 'That username and password do not match',
    field: 'Check your username and password.',
    left: (tries: number) =>
      tries === 1
        ? 'You have 1 more try, then you must wait.'
        : `You have ${tries} more tries, then you must wait.`,
  },
  blocked: {
    summary: 'There were too many tries',
    field: (time: string) => `Wait ${time}, then try again. A right password does not help before that.`,
  },
  demo: {
    title: 'Who to sign in as',
    /** The password follows. */
    lead: 'All of them have the password',
  },
  out: {
    title: 'Sign out',
    heading: 'Sign out?',
    lead: 'Apps that are open now will ask you to sign in again. Apps that you allowed to work in the background go on.',
    button: 'Sign out',
    stay: 'Stay signed in',
  },
  gone: {
    title: 'You are signed out',
    lead: 'Close this window if other people use this device.',
    again: 'Sign in again',
    back: (app: string) => `Go back to ${app}`,
  },
}
