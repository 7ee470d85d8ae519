import { describe, expect, test } from 'vitest'
import { smartVocabulary } from '../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import { askedScopes, forUser, type NotGranted, notGranted } from '../../src/smart/asked-scopes.ts'
import type { UserReach } from '../../src/smart/permit.ts'
import { policyOf, withApp } from '../../src/smart/policy.ts'
import { formatScopes, parseScopes } from '../../src/smart/scope.ts'
import { reaching } from '../support/roles.ts'

const vocabulary = smartVocabulary(loadDefinitions(), ['__introspect', '__launch'])
const read = (text: string) => parseScopes(text, vocabulary).scopes
const reasons = (list: readonly NotGranted[]) =>
  list.map(({ scope, reason }) => `${reason} ${scope}`).join('; ')

const asked = (text: string, { ceiling = 'patient/*.cruds user/*.rs', mayRefresh = true } = {}) => {
  const { asked, notGranted } = askedScopes(text, { vocabulary, ceiling: read(ceiling), mayRefresh })
  return [formatScopes(asked), reasons(notGranted)]
}
const sentences = (text: string, ceiling: string) =>
  askedScopes(text, { vocabulary, ceiling: read(ceiling), mayRefresh: false }).notGranted.map(
    ({ sentence }) => sentence,
  )

describe('askedScopes', () => {
  test.each([
    ['patient/Goal.rs user/Goal.rs', 'patient/Goal.rs user/Goal.rs', ''],
    ['SCOPE-03 patient/Goal.read patient/Goal.*', 'patient/Goal.read patient/Goal.*', ''],
    [
      'AUTHZ-12 patient/Goal.sr patient/Gaol.rs tea patient/Goal.rs',
      'patient/Goal.rs',
      'malformed patient/Goal.sr; unknown-type patient/Gaol.rs; unknown tea',
    ],
    ['SCOPE-12 patient/Goal.rs?hopeless=1', '', 'not-evaluable patient/Goal.rs?hopeless=1'],
    ['user/Goal.cruds', 'user/Goal.rs', 'not-registered user/Goal.cruds'],
    ['user/Goal.cu user/Goal.r', 'user/Goal.r', 'not-registered user/Goal.cu'],
    ['SCOPE-17 system/Goal.rs patient/Goal.r', 'patient/Goal.r', 'not-for-apps system/Goal.rs'],
    ['__introspect __launch', '', 'not-for-apps __introspect; not-for-apps __launch'],
    ['launch launch/patient openid fhirUser profile', 'launch launch/patient openid fhirUser profile', ''],
    ['OIDC-06 fhirUser', 'fhirUser', ''],
    ['profile patient/Goal.rs', 'patient/Goal.rs', 'no-openid profile'],
    ['openid offline_access', 'openid offline_access', ''],
    ['online_access', 'online_access', ''],
    ['REFR-01 online_access openid offline_access', 'openid offline_access', 'offline-instead online_access'],
    ['', '', ''],
  ])('%s', (text, granted, refused) => {
    expect(asked(text.replace(/^[A-Z]+-\d\d /, ''))).toEqual([granted, refused])
  })

  test('no registration of names is needed, and none helps a right of services', () => {
    expect(asked('launch/patient openid __introspect', { ceiling: '__introspect system/*.rs' })).toEqual([
      'launch/patient openid',
      'not-for-apps __introspect',
    ])
    expect(asked('system/Goal.rs', { ceiling: 'system/*.cruds' })).toEqual([
      '',
      'not-for-apps system/Goal.rs',
    ])
  })

  test('REFR-01 an app without refresh tokens gets neither scope for them', () => {
    expect(asked('offline_access online_access openid', { mayRefresh: false })).toEqual([
      'openid',
      'no-offline-for-client offline_access; no-offline-for-client online_access',
    ])
  })

  test('SCOPE-18 what is registered in part is granted in part, in the order asked', () => {
    expect(
      asked('openid patient/*.rs launch/patient', { ceiling: 'patient/Goal.cruds patient/Device.r' }),
    ).toEqual(['openid patient/Goal.rs patient/Device.r launch/patient', 'not-registered patient/*.rs'])
  })

  test('SEC-07 what would take minutes to compare is left out', () => {
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, at) => `patient/Observation.rs?${name}=x${at}`).join(' ')
    const [, refused] = asked(many('code', 30), { ceiling: many('category', 100) })
    expect(refused).toContain('too-many-parts patient/Observation.rs?code=x29')
  })

  test('each reason comes with a sentence for the developer', () => {
    expect(sentences('patient/Goal.sr system/*.rs patient/Goal.rs offline_access', '')).toEqual([
      'The scope "patient/Goal.sr" was left out: ".sr" is not a selection of the letters c, r, u, d, s in that order.',
      'The scope "system/*.rs" was not granted: it is for backend services, which get it without a user (client_credentials).',
      'The scope "offline_access" was not granted: the app is not registered for the grant type refresh_token.',
      'The scope "patient/Goal.rs" was not granted: not all of it is registered for this app; add it to the scope member of the registration, or ask for less.',
    ])
    const [goal] = read('patient/Goal.rs')
    if (goal === undefined) throw new Error('it reads')
    expect(notGranted(goal, 'unticked')).toEqual({
      scope: 'patient/Goal.rs',
      reason: 'unticked',
      sentence: 'The scope "patient/Goal.rs" was not granted: the user did not allow it.',
    })
  })
})

describe('forUser', () => {
  const clinician = reaching({ fhirUser: 'Practitioner/7', patients: 'all' })
  const nobody = reaching({ fhirUser: undefined, patients: [] })
  const given = (text: string, user: UserReach) => {
    const { asked, notGranted } = forUser(read(text), user)
    return [formatScopes(asked), reasons(notGranted)]
  }
  const text = 'openid fhirUser user/Goal.rs patient/Goal.rs launch/patient'

  test.each([
    ['a clinician', clinician, text, ''],
    ['a proxy', reaching({ fhirUser: 'RelatedPerson/1', patients: ['1'] }), text, ''],
    [
      'OIDC-06 a user without a resource of their own',
      reaching({ fhirUser: undefined, patients: ['1'] }),
      text.replace('fhirUser ', ''),
      'no-fhir-user fhirUser',
    ],
    [
      'a user who sees nothing',
      nobody,
      'openid patient/Goal.rs launch/patient',
      'no-fhir-user fhirUser; not-for-role user/Goal.rs',
    ],
    ['a practitioner without patients', reaching({ fhirUser: 'Practitioner/7', patients: [] }), text, ''],
  ])('%s', (_who, user, granted, refused) => {
    expect(given(text, user)).toEqual([granted, refused])
  })

  test('what the roles of the user do not let the app have is not granted, with the reason', () => {
    const rules = [
      { types: ['Goal'], letters: 'rs', where: [], hide: [] },
      { types: ['*'], letters: 'r', where: [], hide: [] },
    ]
    const with_ = (more: { apps?: string[]; scopes?: string }): UserReach => ({
      ...clinician,
      policy: withApp(policyOf({ role: 'r', rules, apps: ['*'], ...more }, vocabulary), 'app'),
    })
    const all = 'openid user/Goal.cruds patient/Goal.c'
    expect(given(all, with_({}))).toEqual(['openid user/Goal.cruds', 'beyond-role patient/Goal.c'])
    expect(given(all, with_({ scopes: 'user/*.rs' }))).toEqual([
      'openid user/Goal.rs',
      'beyond-role user/Goal.cruds; beyond-role patient/Goal.c',
    ])
    expect(given(all, with_({ apps: ['another'] }))).toEqual([
      'openid',
      'beyond-role user/Goal.cruds; beyond-role patient/Goal.c',
    ])
  })
})
