import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import type { Admin } from '../door.ts'
import type { Field } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type Section, sheetPage } from '../sheet.ts'
import { chartSection, type LaunchForm } from './chart-section.ts'
import type { Choices } from './choices.ts'

export type SimulatorModel = Choices & {
  endpoints: { issuer: string; fhirBase: string }
  /** What was sent and could not be done. */
  form?: LaunchForm | undefined
  problems?: readonly { href: string; text: string }[] | undefined
}

/** Who is launched, for whom, about whom; each step knows what was chosen before. */
export function simulatorPage(model: SimulatorModel, admin: Admin): Page {
  const { frame, words, mayChange } = admin
  const { simulator } = words.admin
  const { apps, app, user, chosen, problems } = model
  const about = {
    part: 'simulator',
    title: simulator.title,
    lead: simulator.lead,
    kept: Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== '')),
    problems: [...(problems ?? []), ...unknown(model, words)],
  } as const
  if (apps.length === 0)
    return sheetPage(frame, words, { ...about, sections: [], empty: { ...simulator.noApps, icon: 'play' } })
  const ready = app !== undefined && user !== undefined
  const sections = [
    setUpSection(model, words),
    ready && mayChange ? chartSection({ ...model, app, user }, admin) : undefined,
    app === undefined ? undefined : aloneSection(model, words),
  ]
  return sheetPage(frame, words, {
    ...about,
    notice: mayChange
      ? undefined
      : {
          tone: 'info',
          text: simulator.readOnly,
          link: { text: simulator.records, href: adminPaths.flights },
        },
    sections: sections.filter((section) => section !== undefined),
  })
}

/** Something was chosen that is not there, or not any more. */
function unknown({ chosen, app, user }: SimulatorModel, { admin }: Words) {
  return [
    ...(chosen.app !== '' && app === undefined ? [{ href: '#app', text: admin.simulator.noApp }] : []),
    ...(chosen.user !== '' && user === undefined ? [{ href: '#user', text: admin.simulator.noUser }] : []),
  ]
}

function setUpSection(
  { apps, usernames, chosen, app, user, patients }: SimulatorModel,
  words: Words,
): Section {
  const { simulator } = words.admin
  const dates = datesIn(words)
  const people: Field =
    usernames === undefined
      ? { name: 'user', label: simulator.user, value: chosen.user, required: true }
      : {
          name: 'user',
          label: simulator.user,
          type: 'select',
          options: usernames.map(({ username, name }) => ({
            value: username,
            label: `${name} (${username})`,
            selected: username === chosen.user,
          })),
        }
  const ready = app !== undefined && user !== undefined
  const hint =
    !ready || (chosen.q !== '' && patients.cards.length === 0)
      ? ready
        ? simulator.nobodyFound
        : simulator.qHint
      : patients.more
        ? simulator.manyFound
        : simulator.qHint
  const fields: Field[] = [
    {
      name: 'app',
      label: simulator.app,
      type: 'select',
      options: apps.map(({ id, metadata }) => ({
        value: id,
        label: metadata.client_name,
        selected: id === chosen.app,
      })),
    },
    people,
    { name: 'q', label: simulator.q, hint, value: chosen.q },
    ...(patients.cards.length === 0
      ? ready
        ? [{ name: 'patient', label: simulator.id, hint: simulator.idHint, value: chosen.patient }]
        : []
      : [
          {
            name: 'patient',
            label: simulator.found,
            type: 'select' as const,
            options: [
              { value: '', label: simulator.noPatient, selected: chosen.patient === '' },
              ...patients.cards.map(({ id, name, born, record }) => ({
                value: id,
                label: [name, ...(born === undefined ? [] : [dates.fhirDate(born)]), record ?? id].join(', '),
                selected: id === chosen.patient,
              })),
            ],
          },
        ]),
  ]
  return { heading: simulator.setUp, form: { action: adminPaths.simulator, fields, button: simulator.look } }
}

/** The request with which an app begins by itself. */
function aloneSection({ app, endpoints }: SimulatorModel, { admin }: Words): Section {
  const { alone } = admin.simulator
  const [redirectUri = ''] = app?.metadata.redirect_uris ?? []
  const parameters = {
    response_type: 'code',
    client_id: app?.id ?? '',
    redirect_uri: redirectUri,
    scope: app?.metadata.scope ?? '',
    aud: endpoints.fhirBase,
    code_challenge_method: 'S256',
  }
  return {
    heading: alone.heading,
    text: alone.text,
    codes: [
      {
        caption: alone.caption,
        what: alone.copy,
        pieces: [
          { text: `GET ${endpoints.issuer}/oauth2/authorize`, as: 'b' },
          ...Object.entries(parameters).map(([name, value], index) => ({
            text: `\n  ${index === 0 ? '?' : '&'}${name}=${value}`,
          })),
          ...['state', 'code_challenge'].flatMap((name) => [
            { text: `\n  &${name}=` },
            { text: '…', as: 'i' as const },
          ]),
        ],
      },
    ],
    links: [
      {
        text: alone.records,
        href: `${adminPaths.flights}?${new URLSearchParams({ app: app?.id ?? '' })}`,
      },
    ],
  }
}
