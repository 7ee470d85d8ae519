/** Where an operation is called: on the server, on a type, on a resource. */
type Level = 'system' | 'type' | 'instance'

export type OperationName = 'everything' | 'validate'

type Operation = {
  /** The official definition, by the type that it is called on. */
  definition(type: string | undefined): string
  /** Whether it is there; nothing but what is in this table is (ENF-23). */
  isAt(level: Level, type: string | undefined): boolean
  methods: readonly ('GET' | 'POST')[]
}

const core = 'http://hl7.org/fhir/OperationDefinition'

/** The operations of this server. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  everything: {
    definition: (type) => `${core}/${type}-everything`,
    isAt: (level, type) =>
      (type === 'Patient' && level !== 'system') || (type === 'Encounter' && level === 'instance'),
    methods: ['GET', 'POST'],
  },
  validate: {
    definition: () => `${core}/Resource-validate`,
    isAt: (level) => level !== 'system',
    methods: ['POST'],
  },
}

/** The operation of a name at this place, if there is one. */
export function operationAt(
  name: string,
  type: string | undefined,
  id: string | undefined,
): { name: OperationName; methods: Operation['methods'] } | undefined {
  if (!isOperation(name)) return undefined
  const level = type === undefined ? 'system' : id === undefined ? 'type' : 'instance'
  return operations[name].isAt(level, type) ? { name, methods: operations[name].methods } : undefined
}

/** What a type offers, for the CapabilityStatement. */
export function operationsOf(type: string | undefined): { name: string; definition: string }[] {
  const levels: readonly Level[] = type === undefined ? ['system'] : ['type', 'instance']
  return Object.entries(operations)
    .filter(([, { isAt }]) => levels.some((level) => isAt(level, type)))
    .map(([name, { definition }]) => ({ name, definition: definition(type) }))
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name)
}
