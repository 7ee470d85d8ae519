// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text

/** A small mistake that somebody could make in the enforcement of scopes, and the tests that must notice it. */
export type Mutant = {
  /** What goes wrong, in words. */
  name: string
  file: string
  /** Stands in the file exactly once, in a function of its top level. */
  find: string
  replace: string
  /** The test file that kills it. */
  killer: string
}

const enforcement = (name: string) => `test/fhir/enforcement/${name}.both.test.ts`
const oracle = (name: string) => `test/fhir/oracle/${name}.both.full.test.ts`

export const mutants: readonly Mutant[] = [
  // Who may do what: one scope alone decides.
  {
    name: 'letters of two scopes combine',
    file: 'src/smart/permit.ts',
    find: 'const candidates = ofType.filter((scope) => has(scope, letter))',
    replace: 'const candidates = ofType.some((scope) => has(scope, letter)) ? ofType : []',
    killer: enforcement('scope'),
  },
  {
    name: 'a user scope reaches everybody',
    file: 'src/smart/permit.ts',
    find: '{ ...base, patients: authority.user.patients }',
    replace: "{ ...base, patients: 'all' }",
    killer: enforcement('scope'),
  },
  {
    name: 'a patient scope without a patient opens every record',
    file: 'src/smart/permit.ts',
    find: 'return authority.patient === undefined ? undefined : { ...base, patients: [authority.patient] }',
    replace: "return { ...base, patients: authority.patient === undefined ? 'all' : [authority.patient] }",
    killer: enforcement('scope'),
  },
  {
    name: 'the limit of a granular scope is forgotten',
    file: 'src/smart/permit.ts',
    find: 'where: scope.where,',
    replace: 'where: [],',
    killer: enforcement('granular'),
  },
  {
    name: 'a scope with a limit makes another one moot',
    file: 'src/smart/range.ts',
    find: 'patientsLieIn(inner, outer) && criteriaHold(inner, outer))',
    replace: 'patientsLieIn(inner, outer))',
    killer: enforcement('scope'),
  },
  {
    name: 'a patient scope is swallowed by a narrower user scope',
    file: 'src/smart/range.ts',
    find: '(inner.level === outer.level && patientsLieIn',
    replace: '(outer.where.length === 0 && patientsLieIn',
    killer: oracle('oracle'),
  },
  {
    name: 'the own resource may be searched, not only read',
    file: 'src/smart/permit.ts',
    find: "own === undefined || interaction !== 'read' ||",
    replace: 'own === undefined ||',
    killer: enforcement('scope'),
  },
  {
    name: 'who may read the own resource may read all of its type',
    file: 'src/smart/permit.ts',
    find: "patients: 'all', only: own, where: [], ...unruled }",
    replace: "patients: 'all', only: undefined, where: [], ...unruled }",
    killer: enforcement('scope'),
  },
  {
    name: 'decisions are remembered by type, whatever the interaction',
    file: 'src/fhir/access/access.ts',
    find: 'const question = `${interaction} ${type}`',
    replace: 'const question = type',
    killer: enforcement('scope'),
  },
  {
    name: 'a scope may be limited by what a resource refers to',
    file: 'src/fhir/access/vocabulary.ts',
    find: '!usable.has(parameter.type) ||',
    replace: '',
    killer: enforcement('granular'),
  },

  // Whose record something is in.
  {
    name: 'who performed or recorded something has it in his record',
    file: 'src/fhir/access/compartment.ts',
    find: 'for (const code of aboutWhom) {',
    replace: "for (const code of ['performer', 'recorder', 'asserter', ...aboutWhom]) {",
    killer: enforcement('record'),
  },
  {
    name: 'what is about several people is in the record of each',
    file: 'src/fhir/access/compartment.ts',
    find: 'return patients.size === 1 ?',
    replace: 'return patients.size >= 1 ?',
    killer: enforcement('record'),
  },
  {
    name: 'a patient of another server counts as nobody',
    file: 'src/fhir/access/compartment.ts',
    find: "else if (row.kind === 'uri' && ELSEWHERE.test(row.value))",
    replace: "else if (row.kind === 'uri' && row.value === '')",
    killer: enforcement('record'),
  },
  {
    name: 'an old owner keeps a resource that was moved to another record',
    file: 'src/fhir/store/unindex.ts',
    find: 'await sql`delete from compartment where rid = ${rid}`.execute(trx)',
    replace: '',
    killer: enforcement('page-link'),
  },

  // What is seen.
  {
    name: 'a patient who is not there has everybody’s record',
    file: 'src/fhir/store/visibility.ts',
    find: 'if (rows.length === 0) return never',
    replace: 'if (rows.length === 0) return always',
    killer: enforcement('scope'),
  },
  {
    name: 'of several limits of a scope one is enough',
    file: 'src/fhir/store/visibility.ts',
    find: 'return conditions.length === 0 ? always : allOf(conditions)',
    replace: 'return conditions.length === 0 ? always : anyOf(conditions)',
    killer: enforcement('scope'),
  },
  {
    name: 'a shared resource is seen when anything in the record refers to it, seen or not',
    file: 'src/fhir/store/visibility.ts',
    find: 'and s.state = 1 and ${seen} and f.rid = c.rid)',
    replace: 'and s.state = 1 and f.rid = c.rid)',
    killer: enforcement('record'),
  },
  {
    name: 'a shared resource is seen when any record refers to it',
    file: 'src/fhir/store/visibility.ts',
    find: 'where ${isIn(sql`c.patient`, record.rows)} and s.rid = c.rid and s.state = 1 and ${seen} and f.rid',
    replace: 'where s.rid = c.rid and s.state = 1 and ${seen} and f.rid',
    killer: enforcement('record'),
  },
  {
    name: 'the scope for other patients opens the record for what it refers to',
    file: 'src/fhir/store/visibility.ts',
    find: "patients === 'all' || (how === 'by-subject' && record.every((patient) => patients.includes(patient)))",
    replace: "patients === 'all' || how === 'by-subject' || record.length === 0",
    killer: enforcement('scope'),
  },
  {
    name: 'the own resource opens the record for what it refers to',
    file: 'src/fhir/store/visibility.ts',
    find: 'if (only !== undefined || where.length > 0) return false',
    replace: 'if (where.length > 0) return false',
    killer: enforcement('scope'),
  },
  {
    name: 'one limit on two types is read as that of the first',
    file: 'src/fhir/store/alike.ts',
    find: "isCommon ? '' : type,",
    replace: "isCommon ? '' : '',",
    killer: enforcement('include'),
  },
  {
    name: 'a Provenance is seen when one of its targets is',
    file: 'src/fhir/store/visibility.ts',
    find: 'sql`not exists (select 1 from ${targets} and not ${isSeen})`',
    replace: 'sql`exists (select 1 from ${targets} and ${isSeen})`',
    killer: enforcement('record'),
  },
  {
    name: 'a List is seen whatever it shows',
    file: 'src/fhir/store/visibility.ts',
    find: 'return allOf([belongs, sql`not ${listsOthers(rows, view.alias, conditions.names)}`])',
    replace:
      'return allOf([belongs, sql`not (1 = 0 and ${listsOthers(rows, view.alias, conditions.names)})`])',
    killer: enforcement('record'),
  },

  // Reading.
  {
    name: 'a read shows what is not seen',
    file: 'src/fhir/store/read.ts',
    find: '(case when ${seen} then r.body end) as body',
    replace: '(case when ${seen} then r.body else r.body end) as body',
    killer: enforcement('hiding'),
  },
  {
    name: 'everybody is told what was deleted',
    file: 'src/fhir/store/read.ts',
    find: "throw row?.state === DELETED && isUnlimited(engine.access, 'read', type)",
    replace: 'throw row?.state === DELETED',
    killer: enforcement('hiding'),
  },
  {
    name: 'who is limited by category counts as unlimited',
    file: 'src/smart/range.ts',
    find: "patients === 'all' && only === undefined && where.length === 0",
    replace: "patients === 'all' && only === undefined",
    killer: enforcement('hiding'),
  },
  {
    name: 'an old version is judged by the current one',
    file: 'src/fhir/store/read.ts',
    find: "const isJudged = !isWhole(engine.access, 'vread', type)",
    replace: "const isJudged = version === 0 && !isWhole(engine.access, 'vread', type)",
    killer: enforcement('hiding'),
  },

  // Searching.
  {
    name: 'a search is not narrowed',
    file: 'src/fhir/store/plan.ts',
    find: 'await visible(access, interaction, type, alias, visibility),',
    replace: '(await visible(access, interaction, type, alias, visibility)) && sql`1 = 1`,',
    killer: enforcement('record'),
  },
  {
    name: 'a search goes by the scopes for reading',
    file: 'src/fhir/store/plan.ts',
    find: "interaction: Interaction = 'search-type',",
    replace: "interaction: Interaction = 'read',",
    killer: enforcement('scope'),
  },
  {
    name: 'a total counts what is not seen',
    file: 'src/fhir/store/search.ts',
    find: 'select count(*) as n from (${rowIdsOf(plan)}) x',
    replace:
      'select count(*) as n from (${rowIdsOf({ ...plan, where: sql`r.state = 1`, walked: sql`r.state = 1`, rest: sql`r.state = 1`, byIndex: false, covered: false })}) x',
    killer: enforcement('policy'),
  },
  {
    name: 'the other end of a chain is searched with all rights',
    file: 'src/fhir/store/plan.ts',
    find: 'await planHop(engine, filter, type, alias, planSearch)',
    replace:
      "await planHop({ ...engine, access: { ...engine.access, decide: () => ({ allowed: true, ranges: [{ scope: '', level: 'system', patients: 'all', only: undefined, where: [], hidden: [] }] }) } }, filter, type, alias, planSearch)",
    killer: enforcement('inference'),
  },
  {
    name: 'the other end of a chain is searched with the scopes for reading',
    file: 'src/fhir/store/hops.ts',
    find: "const plan = await planSearch(engine, type, [filter], 'r')",
    replace:
      "const reading = { ...engine, access: { ...engine.access, decide: (_: string, of: string) => engine.access.decide('read', of) } } as Engine\n  const plan = await planSearch(reading, type, [filter], 'r')",
    killer: enforcement('inference'),
  },
  {
    name: 'what is included is not narrowed',
    file: 'src/fhir/store/includes.ts',
    find: 'return seen === undefined ? undefined : allOf([sql`r.state = 1`, seen])',
    replace: 'return seen === undefined ? undefined : allOf([sql`r.state = 1`])',
    killer: enforcement('include'),
  },
  {
    name: 'what refers to the result is included without a scope',
    file: 'src/fhir/store/includes.ts',
    find: 'const condition = await visibleOf(engine, [source])',
    replace: 'const condition = sql`r.state = 1`',
    killer: enforcement('include'),
  },

  // History.
  {
    name: 'old versions are shown with the current one',
    file: 'src/fhir/store/history.ts',
    find: 'if (row.old === 1) return whole.has(row.type) ? row.body : told.get(row)',
    replace: 'if (row.old === 1) return whole.has(row.type) ? row.body : (told.get(row) ?? row.body)',
    killer: enforcement('history'),
  },
  {
    name: 'the history of a resource is open to all who may read the type',
    file: 'src/fhir/store/read.ts',
    find: 'if (row === undefined || !shown) throw notFound(type, id)',
    replace: 'if (row === undefined) throw notFound(type, id)',
    killer: enforcement('history'),
  },

  // Writing.
  {
    name: 'what is created may lie anywhere',
    file: 'src/fhir/store/change.ts',
    find: 'await mustLieIn(engine, reach, type, rid)',
    replace: '',
    killer: enforcement('write'),
  },
  {
    name: 'what is updated may come to lie anywhere',
    file: 'src/fhir/store/change.ts',
    find: 'await mustLieIn(engine, able, type, rid)',
    replace: '',
    killer: enforcement('write'),
  },
  {
    name: 'two scopes make a bridge from one range to another',
    file: 'src/fhir/store/change.ts',
    find: 'await mustLieIn(engine, able, type, rid)',
    replace: 'await mustLieIn(engine, reach, type, rid)',
    killer: enforcement('write'),
  },
  {
    name: 'what is hidden may be replaced',
    file: 'src/fhir/store/change.ts',
    find: 'return around.length === 0 ? undefined : around',
    replace: 'return around.length === 0 ? reach : around',
    killer: enforcement('write'),
  },
  {
    name: 'what is hidden may be deleted or patched',
    file: 'src/fhir/store/change.ts',
    find: 'if (around.length === 0) throw notFound(key)',
    replace: '',
    killer: enforcement('write'),
  },
  {
    name: 'If-Match is judged before the access',
    file: 'src/fhir/store/change.ts',
    find: 'const around = await rangesBefore(engine, reach, type, before, mayCreate)',
    replace:
      'mustBeAt(before, versions)\n      const around = await rangesBefore(engine, reach, type, before, mayCreate)',
    killer: enforcement('write'),
  },
  {
    name: 'what was deleted belongs to everybody',
    file: 'src/fhir/store/change.ts',
    find: "return isUnlimited(engine.access, 'update', type) ? reach : undefined",
    replace: 'return reach',
    killer: enforcement('write'),
  },
  {
    name: 'a new person may be made by PUT with a patient scope',
    file: 'src/fhir/store/change.ts',
    find: "return type === 'Patient' ? alsoCreating(engine.access, reach) : reach",
    replace: 'return reach',
    killer: enforcement('write'),
  },
  {
    name: 'what many records share is written with a right to some',
    file: 'src/fhir/store/reach.ts',
    find: "sharedTypes.has(type) ? ranges.filter(({ patients }) => patients === 'all') : ranges",
    replace: 'sharedTypes.has(type) ? ranges : ranges',
    killer: enforcement('write'),
  },

  {
    name: 'a patch tests what may not be read',
    file: 'src/fhir/http/write-handler.ts',
    find: "if (!isReadable && operations.some(({ op }) => op === 'test')) throw noTest()",
    replace: '',
    killer: enforcement('write'),
  },
  {
    name: 'a patch shows what may not be read',
    file: 'src/fhir/http/write-handler.ts',
    find: 'return mayShow ? answer : { ...answer, body: undefined }',
    replace: 'return answer',
    killer: enforcement('write'),
  },
  {
    name: 'criteria may name another patient',
    file: 'src/fhir/http/criteria.ts',
    find: '  refuseOtherPatient(access, query)\n',
    replace: '',
    killer: enforcement('write'),
  },

  {
    name: 'references by criteria see everything',
    file: 'src/fhir/store/change.ts',
    find: 'const page = await searchPage(engine, { ...query,',
    replace:
      "const page = await searchPage({ ...engine, access: { ...engine.access, decide: () => ({ allowed: true, ranges: [{ scope: '', level: 'system', patients: 'all', only: undefined, where: [], hidden: [] }] }) } } as Engine, { ...query,",
    killer: enforcement('bundle'),
  },

  // Roles.
  {
    name: 'what the roles of a user allow is forgotten',
    file: 'src/smart/permit.ts',
    find: 'under(under([range], authority.user?.policy), authority.policy)',
    replace: 'under([range], authority.policy)',
    killer: enforcement('policy'),
  },
  {
    name: 'the letters of one rule combine with the rows of another',
    file: 'src/smart/permit.ts',
    find: 'isAbout(rule, type, letterOf[interaction]) ?',
    replace:
      "isAbout({ ...rule, letters: 'cruds' }, type, letterOf[interaction]) && policy.some((other) => isAbout(other, type, letterOf[interaction])) ?",
    killer: enforcement('policy'),
  },
  {
    name: 'a variable without a value opens everything',
    file: 'src/smart/permit.ts',
    find: 'const filled = filledIn(rule.where, type, facts)',
    replace: 'const filled = filledIn(rule.where, type, facts) ?? []',
    killer: enforcement('policy'),
  },
  {
    name: 'the other end of a chain is searched without the conditions of rules',
    file: 'src/fhir/store/hops.ts',
    find: "const plan = await planSearch(engine, source, [filter], 'r')",
    replace:
      "const ruleless = { ...engine, access: { ...engine.access, decide: (...of: Parameters<typeof engine.access.decide>) => { const one = engine.access.decide(...of); return one.allowed ? { ...one, ranges: one.ranges.map((range) => ({ ...range, where: [] })) } : one } } } as Engine\n  const plan = await planSearch(ruleless, source, [filter], 'r')",
    killer: enforcement('policy'),
  },
  {
    name: 'several credentials open what any of them opens',
    file: 'src/smart/permit.ts',
    find: 'one.ranges.flatMap((a) => other.ranges.flatMap((b) => intersection(a, b) ?? []))',
    replace: '[...one.ranges, ...other.ranges].filter((range) => intersection(range, range) !== undefined)',
    killer: enforcement('policy'),
  },
  {
    name: 'hidden elements are shown',
    file: 'src/fhir/access/redact.ts',
    find: 'return redacted(body, hidden, definitions())',
    replace: 'return hidden.length < 0 ? redacted(body, hidden, definitions()) : body',
    killer: enforcement('hidden'),
  },
  {
    name: 'of several ranges the one that hides most counts',
    file: 'src/fhir/store/shown.ts',
    find: 'a.range.hidden.length - b.range.hidden.length',
    replace: 'b.range.hidden.length - a.range.hidden.length',
    killer: enforcement('hidden'),
  },
  {
    name: 'a search may look at what is hidden',
    file: 'src/fhir/store/plan.ts',
    find: 'refuseHidden(engine, type, filters)\n',
    replace: 'refuseHidden(engine, type, [])\n',
    killer: enforcement('hidden'),
  },
  {
    name: 'a search may be sorted by what is hidden',
    file: 'src/fhir/store/search.ts',
    find: '  refuseHiddenShape(engine, query)\n',
    replace: '  refuseHiddenShape(engine, { ...query, sort: [] })\n',
    killer: enforcement('hidden'),
  },
  {
    name: 'a record is opened by whom it hides',
    file: 'src/fhir/store/visibility.ts',
    find: "if (patients !== 'all' && types.some(",
    replace: "if (patients !== 'all' && patients.length > 99 && types.some(",
    killer: enforcement('hidden'),
  },
  {
    name: 'a patch is tried on what is hidden',
    file: 'src/fhir/store/change.ts',
    find: 'await rangesSeenWhole(engine, around, type, before.rid)',
    replace: 'if (around.length > 99) await rangesSeenWhole(engine, around, type, before.rid)',
    killer: enforcement('hidden'),
  },
  {
    name: 'write limits are forgotten',
    file: 'src/fhir/store/limits.ts',
    find: 'writable === undefined ||\n',
    replace: 'writable !== null ||\n',
    killer: enforcement('hidden'),
  },

  // Operations, Binaries, references.
  {
    name: 'what a record refers to is shown whoever refers to it',
    file: 'src/fhir/store/everything.ts',
    find: "const sees = await foundAndRead(engine, referring, 'w', { inRecordOf: record })",
    replace: 'const sees = referring.length < 0 ? never : always',
    killer: enforcement('everything'),
  },
  {
    name: 'a type that is open in part counts as open',
    file: 'src/fhir/access/whole.ts',
    find: 'if (only !== undefined || where.length > 0) return false',
    replace: 'if (only !== undefined) return false',
    killer: enforcement('everything'),
  },
  {
    name: 'the record of another patient is looked for',
    file: 'src/fhir/http/everything-handler.ts',
    find: 'if (!isBound || (id !== undefined && id === access.patient)) return',
    replace: 'if (!isBound || id !== undefined) return',
    killer: enforcement('everything'),
  },
  {
    name: 'types that a token lacks may be named',
    file: 'src/fhir/http/everything-handler.ts',
    find: 'named.length > 0 && !opens(access, type)',
    replace: 'named.length > 999 && !opens(access, type)',
    killer: enforcement('everything'),
  },
  {
    name: 'to find is to read',
    file: 'src/fhir/store/everything.ts',
    find: "const letters = isAlike ? (['read'] as const) : wholeLetters",
    replace: "const letters = ['search-type'] as const",
    killer: enforcement('everything'),
  },
  {
    name: 'to validate needs no right',
    file: 'src/fhir/http/validate-handler.ts',
    find: 'if (create === undefined || create.allowed || update?.allowed) return',
    replace: 'if (create !== undefined) return',
    killer: enforcement('validate'),
  },
  {
    name: 'what was only tried stays',
    file: 'src/fhir/store/store.ts',
    find: '        throw new Rehearsed()\n',
    replace: '        if (Date.now() === 0) throw new Rehearsed()\n',
    killer: enforcement('validate'),
  },
  {
    name: 'a user scope opens Binaries that nothing points at',
    file: 'src/fhir/access/binary.ts',
    find: "range.level === 'system' ? range : { ...range, through: ANY_LINK }",
    replace: "range.level !== 'patient' ? range : { ...range, through: ANY_LINK }",
    killer: enforcement('binary'),
  },
  {
    name: 'a document opens what has a context of its own',
    file: 'src/fhir/store/binary-links.ts',
    find: 'anyOf([opened, allOf([sql`not ${guarded}`, pointed])])',
    replace: 'anyOf([opened, pointed])',
    killer: enforcement('binary'),
  },
  {
    name: 'who sees a Binary by a document may change it',
    file: 'src/fhir/store/binary-links.ts',
    find: 'if (isWriting) return',
    replace: "if (isWriting && alias === '') return",
    killer: enforcement('binary'),
  },
  {
    name: 'documents that are only found open their Binaries',
    file: 'src/fhir/store/binary-links.ts',
    find: "through === ANY_LINK ? undefined : ['read']",
    replace: "through === ANY_LINK ? undefined : ['read', 'search-type']",
    killer: enforcement('binary'),
  },
  {
    name: 'whoever points at a Binary sees it',
    file: 'src/fhir/store/change.ts',
    find: '    await mustSeeBinaries(engine, trx, item, before)\n',
    replace: '    if (before?.rid === -1) await mustSeeBinaries(engine, trx, item, before)\n',
    killer: enforcement('binary'),
  },
  {
    name: 'a reference tells what is hidden from what is not there',
    file: 'src/fhir/store/integrity.ts',
    find: '(unseen.has(target) && !written.has(target))',
    replace: '(unseen.size > 999 && !written.has(target))',
    killer: enforcement('integrity'),
  },

  // The door.
  {
    name: 'a search may name another patient',
    file: 'src/fhir/http/search-handler.ts',
    find: 'if (bound) throw forbidden(',
    replace: 'if (bound && patient === "") throw forbidden(',
    killer: enforcement('record'),
  },
  {
    name: 'a patient named at the end of a chain is overlooked',
    file: 'src/fhir/search/named-patient.ts',
    find: 'return filter.targets.some((target) => filterNamesOther(target.filter, target.type, patient))',
    replace: 'return false',
    killer: enforcement('record'),
  },
  {
    name: 'a patient named by a bare id is overlooked',
    file: 'src/fhir/search/named-patient.ts',
    find: '(value.type === undefined && mayBePatient)',
    replace: '(value.type === undefined && !mayBePatient)',
    killer: enforcement('record'),
  },
  {
    name: 'a page link serves every token',
    file: 'src/fhir/http/page-link.ts',
    find: 'if (bound !== sha256(access.fingerprint)) {',
    replace: "if (bound === '') {",
    killer: enforcement('page-link'),
  },
  {
    name: 'the access of the first token serves all',
    file: 'src/fhir/http/authenticate.ts',
    find: 'const known = minted.get(first.authority)',
    replace:
      'minted.set(minted as never, minted.get(minted as never) ?? mint(grounds, shared))\n  const known = minted.get(minted as never)',
    killer: enforcement('scope'),
  },
  {
    name: 'paths that begin like a public one are public',
    file: 'src/fhir/http/fhir-routes.ts',
    find: "const isPublic = ctx.path === '/fhir/metadata'",
    replace: "const isPublic = ctx.path.startsWith('/fhir/metadata')",
    killer: enforcement('token'),
  },
  {
    name: 'a denied type is refused after a look at the data',
    file: 'src/fhir/store/store.ts',
    find: 'const page = await searchPage(engine, query, cursor)',
    replace:
      'await refuseAmbiguous(engine, query.filters)\n          const page = await searchPage(engine, query, cursor)',
    killer: enforcement('scope'),
  },

  // Other ways in.
  {
    name: 'several credentials open what one of them opens',
    file: 'src/smart/permit.ts',
    find: 'const ranges = one.ranges.flatMap((a) => other.ranges.flatMap((b) => intersection(a, b) ?? []))',
    replace: 'const ranges = [...one.ranges, ...other.ranges]',
    killer: enforcement('ways-in'),
  },
  {
    name: 'the first of several credentials counts alone',
    file: 'src/fhir/http/authenticate.ts',
    find: 'if (more.length > 0) return mint(grounds, shared)',
    replace: 'if (more.length > 0) return mint(first, shared)',
    killer: enforcement('ways-in'),
  },
  {
    name: 'an API key is good from everywhere',
    file: 'src/oidc/ways-in/api-key-check.ts',
    find: 'if (key.addresses.length > 0 &&',
    replace: 'if (key.addresses.length < 0 &&',
    killer: enforcement('ways-in'),
  },
  {
    name: 'all roles of its owner count for an API key',
    file: 'src/oidc/ways-in/api-key-check.ts',
    find: 'reach.policy.filter(({ role }) => key.roles.includes(role))',
    replace: 'reach.policy',
    killer: enforcement('ways-in'),
  },
  {
    name: 'a role that reads with a password writes with it',
    file: 'src/oidc/ways-in/basic.ts',
    find: 'withBasic(reach.policy)',
    replace: 'reach.policy',
    killer: enforcement('ways-in'),
  },
  {
    name: 'an outside token for somebody else is accepted',
    file: 'src/oidc/ways-in/outside-tokens.ts',
    find: 'audience: issuer.audience ?? deps.fhirBase,',
    replace: '',
    killer: enforcement('ways-in'),
  },
  {
    name: 'an ID token of an outside server is an access token',
    file: 'src/oidc/ways-in/outside-tokens.ts',
    find: ' || otherKindOfToken(payload)) return',
    replace: ') return',
    killer: enforcement('ways-in'),
  },
  {
    name: 'an outside server opens system scopes without being asked',
    file: 'src/oidc/ways-in/outside-claims.ts',
    find: '? levels.includes(scope.level)',
    replace: '? true',
    killer: enforcement('ways-in'),
  },

  // Bulk export.
  {
    name: 'an export is not narrowed by the limits of its scopes',
    file: 'src/fhir/store/export.ts',
    find: 'anyOf(plans.map((plan) => plan.where)),',
    replace: '',
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
  {
    name: 'any client may fetch an export',
    file: 'src/fhir/bulk/handler.ts',
    find: 'if (job === undefined || !isHolder(job.grounds, access)) throw noSuchExport()',
    replace: 'if (job === undefined) throw noSuchExport()',
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
  {
    name: 'an export runs with all rights, whoever started it',
    file: 'src/fhir/bulk/exports.ts',
    find: 'const access = rightFrom(job.grounds)',
    replace:
      "const access = rightFrom([{ ...job.grounds[0], authority: { scopes: [{ kind: 'resource', level: 'system', type: '*', letters: 'rs', where: [], v1: false, prefix: '' }], patient: undefined, user: undefined, policy: undefined } }])",
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
  {
    name: 'any token of the client fetches what a wider one has exported',
    file: 'src/fhir/bulk/handler.ts',
    find: 'mustCover(exportRight(access), rightFrom(job.grounds), job.request.types)',
    replace: '',
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
  {
    name: 'the export of a group takes in everybody',
    file: 'src/fhir/store/export.ts',
    find: "${engine.names.typeId(type)} and ${among(engine, 'c.patient', ofMembers)}`",
    replace: '${engine.names.typeId(type)}`',
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
  {
    name: 'what hidden resources of a group refer to is exported',
    file: 'src/fhir/store/export.ts',
    find: 'and s.rid = c.rid and s.state = 1 and ${seen} and f.rid = s.rid)`',
    replace: 'and s.rid = c.rid and s.state = 1 and f.rid = s.rid)`',
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
  {
    name: 'what a role hides stands in the files',
    file: 'src/fhir/bulk/line.ts',
    find: 'const body = bodyShown(row, redactions, definitions)',
    replace: 'const { body } = row',
    killer: 'test/fhir/enforcement/export.both.full.test.ts',
  },
]
