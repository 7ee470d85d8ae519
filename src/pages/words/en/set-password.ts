/** The page on which somebody chooses a password, by a link. */
export const setPassword = {
  title: 'Choose a password',
  lead: (name: string) => `${name}, choose a password of your own. Then sign in with it.`,
  who: 'Your account',
  username: 'Username',
  password: 'Password',
  passwordHint: 'At least 12 characters. Where you were signed in, you are signed out.',
  button: 'Use this password',
}
