/** The page by which the first admin is made. */
export const setUp = {
  title: 'Set this server up',
  lead: 'Nobody looks after this server yet. Whoever fills this in does: they register apps, people and roles.',
  who: 'The first admin',
  username: 'Username',
  name: 'Name',
  password: 'Password',
  passwordHint: 'At least 12 characters.',
  button: 'Begin',
}
