// Promises broken one at a time, for mutations.mjs. `edits`: file, a text that it has exactly once,
// and what takes its place; `cases`: which fault cases must notice, a regular expression of titles;
// `isLong`: in the long form.
const client = 'src/sources/deepinstinct/client.ts';
const events = 'src/store/events.ts';
const inHand = 'src/core/deliver/in-hand.ts';
const lane = 'src/core/deliver/lane.ts';
const leases = 'src/store/leases.ts';
const policy = 'src/core/deliver/policy.ts';
const verdict = 'src/core/deliver/verdict.ts';

export const mutations = [
  {
    name: 'the fence of a page is dropped',
    edits: [[events, `(\${fence === null} or exists (select 1 from fence))`, '(true)']],
    cases: 'SIGSTOP',
  },
  {
    name: 'the cursor is written although the page was refused',
    edits: [[events, 'from allowed where $', 'from (select 1) always where $']],
    cases: 'SIGSTOP',
  },
  {
    name: 'the cursor moves before its events',
    edits: [
      [
        'src/core/intake/intake.ts',
        '    const rows = await insertOrBisect(decided, cursor,',
        '    await insertPage(db, { fence, source, events: [], cursor, generation });\n    const rows = await insertOrBisect(decided, cursor,',
      ],
    ],
    cases: 'every backend terminated|before the server gets it|disk full|kill -9',
  },
  {
    name: 'who lost a role reschedules',
    edits: [
      [
        'src/store/deliveries/record.ts',
        'where exists (select 1 from fence)\n    ), changed',
        '), changed',
      ],
    ],
    cases: 'SIGSTOP',
  },
  {
    name: 'sends start without a lease that outlasts them',
    edits: [
      [
        'src/core/roles/held-roles.ts',
        'performance.now() + ms < validUntilMs()',
        'ms < validUntilMs() + performance.now()',
      ],
    ],
    cases: 'SIGSTOP',
  },
  {
    name: 'the roles of the dead are never taken',
    edits: [[leases, ' or l.holder in (select id from gone))', ')']],
    cases: 'kill the holder',
  },
  {
    name: 'roles are taken from the living',
    edits: [
      [
        'src/core/roles/share.ts',
        'lease.holder !== replicaId && lease.remainingMs > 0;',
        'lease.holder !== replicaId && lease.remainingMs > 1e9;',
      ],
      [
        leases,
        `and (l.holder is null or l.holder = \${id}::uuid or l.holder in (select id from gone))`,
        '',
      ],
    ],
    cases: 'rolling restart|ten at once',
  },
  {
    name: 'a lone instance waits for its own dead predecessor',
    edits: [[leases, 'if (predecessor !== null) {', "if (predecessor === 'nobody') {"]],
    cases: 'kill -9',
  },
  {
    name: 'leases go by the clock of each machine',
    edits: [
      [
        leases,
        `    with alive as (\n      update replicas set expires_at = clock_timestamp() +`,
        `    with alive as (\n      update replicas set expires_at = to_timestamp(\${Date.now() / 1000}::float8) +`,
      ],
    ],
    cases: 'clocks',
  },
  {
    name: 'a delivery whose time is too far ahead waits for it',
    edits: [
      [
        'src/store/deliveries/pending.ts',
        ' or scheduled_at > now() +',
        ' or scheduled_at > now() + 1e6 *',
      ],
    ],
    cases: 'goes back by an hour',
  },
  {
    name: 'a heartbeat beyond its term is waited for',
    edits: [
      [
        'src/core/roles/membership.ts',
        'if (view !== null) await cutHeartbeats(',
        'if (ttlMs < 0) await cutHeartbeats(',
      ],
    ],
    cases: 'goes back by an hour',
  },
  {
    name: 'delivered is recorded before the answer',
    edits: [
      [
        'src/core/deliver/attempt.ts',
        '      const receipt = await this.#send(health, begun.delivery);\n',
        '      inHand.recorder.delivered({ eventId: due.event.id, afterFailure: false, durationMs: 0 });\n      const receipt = await this.#send(health, begun.delivery);\n',
      ],
    ],
    cases: 'certificate|name that is not known|the post not made|each answer that is not ok',
  },
  {
    name: 'what is in flight is read again',
    edits: [
      [
        inHand,
        '[...this.inFlight.ids(), ...this.recorder.unwritten()]',
        '[...this.recorder.unwritten()]',
      ],
    ],
    cases: 'every backend terminated|stopped and started|a pooler',
  },
  {
    name: 'what is answered and not yet written is read again',
    edits: [
      [
        inHand,
        '[...this.inFlight.ids(), ...this.recorder.unwritten()]',
        '[...this.inFlight.ids()]',
      ],
    ],
    cases: 'stopped and started|standby|every backend terminated|a pooler',
  },
  {
    name: 'outcomes that could not be written at once are forgotten',
    edits: [
      [
        'src/core/deliver/recorder.ts',
        'if (performance.now() > this.#stopAtMs) break;\n',
        'if (performance.now() < this.#stopAtMs) return;\n',
      ],
    ],
    cases: 'stopped and started|standby|every backend terminated|cut in mid-transaction',
  },
  {
    name: 'a stop does not wait for what is in flight',
    edits: [
      [
        lane,
        '    while (this.#parts.inFlight.count() > 0) await this.#parts.wake.wait(policy.drainMs);\n',
        '',
      ],
    ],
    cases: 'SIGTERM|rolling restart|rollout',
  },
  {
    name: 'a stop gives no role back',
    edits: [
      [
        'src/core/roles/held-roles.ts',
        "if (parting === 'given back') await releaseLeases(db, replicaId, [name]);",
        "if (parting === 'lost') await releaseLeases(db, replicaId, []);",
      ],
      [
        'src/core/roles/membership.ts',
        'if (this.#isJoined) await releaseLeases(db, replicaId, null);',
        'if (!this.#isJoined) await releaseLeases(db, replicaId, null);',
      ],
    ],
    cases: 'rollout',
  },
  {
    name: 'who has lost the database says that it is ready',
    edits: [['src/service/readiness.ts', '  await store.ping();', '  void store;']],
    cases: 'Postgres stopped and started',
  },
  {
    name: 'who waits for the database is not live',
    edits: [
      ['src/http/health.ts', "'/healthz', (c) =>", "'/healthz', async (c) =>"],
      ['src/http/health.ts', 'deps.isLive();\n', 'await readinessWithin(deps, readyWaitMs);\n'],
    ],
    cases: 'away for a minute',
    isLong: true,
  },
  {
    name: 'an item is stored as often as it is read',
    edits: [
      [
        'drizzle/0000_initial.sql',
        'CONSTRAINT "events_source_external_id_key" UNIQUE("source","external_id"),',
        '',
      ],
      [events, 'on conflict (source, external_id) do nothing', ''],
    ],
    cases:
      'SIGTERM|kill -9|after the server got it|checkpoint|a second process|cannot be written|newer release',
  },
  {
    name: 'a page that was stored already stands in the way',
    edits: [[events, 'on conflict (source, external_id) do nothing', '']],
    cases: 'ids that jump',
  },
  {
    name: 'a connection that goes silent is waited for',
    edits: [['src/store/socket.ts', 'if (silentLooks >= looksPerSilence) this.destroy();', '']],
    cases: 'connections that go silent',
  },
  {
    name: 'without a database at the start the process ends',
    edits: [
      [
        'src/service/begin.ts',
        '      const isExplained = error instanceof',
        '      if (waitMs > 0) process.exit(1);\n      const isExplained = error instanceof',
      ],
    ],
    cases: 'refused at the start',
  },
  {
    name: 'replicas migrate without taking turns',
    edits: [['src/store/migrate.ts', 'select pg_advisory_xact_lock($', 'select ($']],
    cases: 'ten at once',
  },
  {
    name: 'a directory is opened beside the process that has it',
    edits: [
      [
        'src/store/open.ts',
        '  const lock = await lockDirectory(options.dataDir);\n  try {\n    await assert',
        '  const nobody = { serve() {}, release: async () => {} } as unknown as DirectoryLock;\n' +
          '  const lock = await lockDirectory(options.dataDir).catch(() => nobody);\n  try {\n    await assert',
      ],
    ],
    cases: 'a second process',
  },
  {
    name: 'a directory that cannot be written is not explained',
    edits: [
      [
        'src/store/embedded/data-directory.ts',
        'problem && words[problem];',
        "problem && words[('no ' + problem) as Problem];",
      ],
    ],
    cases: 'cannot be written',
  },
  {
    name: 'files of a newer Postgres are opened',
    edits: [
      [
        'src/store/embedded/open.ts',
        'if (major === postgresMajor) return;',
        'if (major >= postgresMajor) return;',
      ],
    ],
    cases: 'newer release',
  },
  {
    name: 'writes that fail are told to nobody who asks whether it is ready',
    edits: [
      [
        'src/service/readiness.ts',
        'if (problem !== undefined) return { ok: false,',
        'if (problem === null) return { ok: false,',
      ],
    ],
    cases: 'no room',
  },
  {
    name: 'that the database takes no writes waits in the database',
    edits: [
      [
        'src/core/notices/outage.ts',
        'if (outage.seenMs >= this.#times.afterMs)',
        'if (outage.seenMs < 0)',
      ],
    ],
    cases: 'no room',
    isLong: true,
  },
  {
    name: 'a page that ignored the cursor is believed',
    edits: [[client, '      assertHeeded(', '      if (after < 0) assertHeeded(']],
    cases: 'the same page for ever',
  },
  {
    name: 'the key follows a redirect',
    edits: [
      [
        client,
        '      assertAnswered(answer, { host, token',
        '      const { location } = answer.headers;\n' +
          "      if (location) await http.request({ method: 'GET', url: new URL(location, url).href, headers, signal, ...bounds });\n" +
          '      assertAnswered(answer, { host, token',
      ],
    ],
    cases: 'tenant: answers of a hostile proxy|each bad answer',
  },
  {
    name: 'a page that is no page counts as an empty one',
    edits: [
      [
        client,
        '    throw malformed({ answer, host, problem: error.message, token });',
        '    return emptyPage;',
      ],
    ],
    cases: 'tenant: answers of a hostile proxy',
  },
  {
    name: 'an answer that is a refusal counts as an empty page',
    edits: [
      [
        client,
        'throw asSource(failure',
        'if (failure) return emptyPage;\n      if (failure !== undefined) throw asSource(failure',
      ],
    ],
    cases: 'each bad answer',
  },
  {
    name: 'a page may take as long as it likes',
    edits: [[client, 'const timeoutMs = 30_000;', 'const timeoutMs = 3_000_000;']],
    cases: 'slower than the time-out',
  },
  {
    name: 'numbers written as text are none',
    edits: [
      [
        'src/sources/deepinstinct/page.ts',
        `typeof value === 'string' && /^\\d{1,20}$/.test(value) ? Number(value) : value`,
        'value',
      ],
    ],
    cases: 'look odd and are whole',
  },
  {
    name: 'suspicious events that stop count as switched off',
    edits: [
      [
        'src/sources/deepinstinct/source.ts',
        'hasWorked || cursorText !== null',
        'hasWorked && cursorText === null',
      ],
    ],
    cases: 'stop with 401',
  },
  {
    name: 'a rebuilt tenant is not noticed',
    edits: [
      [
        'src/sources/deepinstinct/same-tenant.ts',
        "if (cursor.id === 0) return { kind: 'same' };",
        "if (cursor.id >= 0) return { kind: 'same' };",
      ],
    ],
    cases: 'its ids start anew',
  },
  {
    name: 'a leap is believed at once',
    edits: [
      [
        'src/sources/deepinstinct/confirm.ts',
        'if (isPlain(first, position) ||',
        'if (position >= 0 || isPlain(first, position) ||',
      ],
    ],
    cases: 'a restart, a restore',
  },
  {
    name: 'a tenant that fell back is not noticed',
    edits: [
      [
        'src/sources/deepinstinct/same-tenant.ts',
        "if (knownMs === undefined) return { kind: 'missing' };",
        "if (knownMs === undefined || cursor.id > 0) return { kind: 'missing' };",
      ],
    ],
    cases: 'a restart, a restore .postgres',
  },
  {
    name: 'after a reset the keys are the same as before',
    edits: [['src/store/cursors.ts', 'generation > 1 ?', 'generation > 1e9 ?']],
    cases: 'its ids start anew',
  },
  {
    name: 'the position of another console is taken for its own',
    edits: [['src/core/identity/position.ts', 'if (isSame === true) {', 'if (isSame !== null) {']],
    cases: 'another console on one database',
  },
  {
    name: 'a second service keeps the roles of the first',
    edits: [
      [
        'src/core/identity/standing.ts',
        'return namesOf(roles.filter((role) => role.isByFile || isContested(role) || isTheirs(role)));',
        'return namesOf(roles.filter((role) => isContested(role) && isTheirs(role)));',
      ],
    ],
    cases: 'another console on one database',
  },
  {
    name: 'a second service posts what waits for the first',
    edits: [
      [
        'src/core/identity/standing.ts',
        'return isStranger || isServed ? [',
        'return isStranger && isServed ? [',
      ],
    ],
    cases: 'another console on one database',
  },
  {
    name: 'a renamed source does not go on',
    edits: [
      [
        'src/core/identity/position.ts',
        'if (from.length === 1 && to.length === 1) return',
        'if (from.length > 9) return',
      ],
    ],
    cases: 'renamed, with a backlog',
  },
  {
    name: 'what waits for a renamed sink stays under the old id',
    edits: [
      ['src/core/identity/backlog.ts', 'return heirs.length === 1 ?', 'return heirs.length > 9 ?'],
    ],
    cases: 'renamed, with a backlog',
  },
  {
    name: 'what is brought over is ended before it is copied',
    edits: [
      [
        'src/store/embedded/leftover.ts',
        '  const moved = await to.$client.begin(',
        "  await from`update deliveries set state = 'suppressed', reason = 'moved', finalized_at = now() where state = 'pending'`;\n  const moved = await to.$client.begin(",
      ],
    ],
    cases: 'killed at any moment',
  },
  {
    name: 'what lies before the cursor is read once only',
    edits: [
      [
        'src/sources/deepinstinct/reread-plan.ts',
        'const pollsBetweenRereads = 10;',
        'const pollsBetweenRereads = 10_000;',
      ],
    ],
    cases: 'late ones below the cursor',
  },
  {
    name: 'a send may take as long as it likes',
    edits: [
      ['src/core/deliver/within.ts', '  }, timeoutMs);', '  }, timeoutMs * 1000);'],
      [
        'src/kit/http/exchange.ts',
        'setTimeout(this.#onTimeout, timeoutMs, timeoutMs)',
        'setTimeout(this.#onTimeout, timeoutMs * 1000, timeoutMs)',
      ],
    ],
    cases: 'mattermost: slow|never answered',
  },
  {
    name: 'one event that is no JSON takes its page down',
    edits: [
      [
        'src/sources/deepinstinct/page.ts',
        'const envelope = isCheap ? parsedJson(body) : undefined;',
        "const envelope = parsedJson(body);\n  if (isCheap && envelope === undefined) throw new EnvelopeError('is no JSON');",
      ],
    ],
    cases: 'look odd and are whole',
  },
  {
    name: 'a sink that is down is asked for every delivery',
    edits: [[policy, 'outageFailures: 5,', 'outageFailures: 5_000,']],
    cases: 'never answered|certificate|each answer that is not ok',
  },
  {
    name: 'every 200 counts as delivered',
    edits: [
      [
        'src/sinks/mattermost/answers.ts',
        "return status === 200 && !truncated && body.trim() === 'ok';",
        'return status === 200 && !truncated && body.length > 0;',
      ],
    ],
    cases: 'each answer that is not ok',
  },
  {
    name: 'an event that always fails is never sent as a bare card',
    edits: [[policy, 'poisonFailures: 4,', 'poisonFailures: 4_000,']],
    cases: 'poison: .* answered 500',
  },
  {
    name: 'an event that fails again while others pass counts as an outage',
    edits: [
      [
        'src/core/deliver/judge.ts',
        '!suspicion.othersPassedSince && suspicion.evidence < 2) {',
        'true) {',
      ],
    ],
    cases: 'poison: 20 .* answered 500',
  },
  {
    name: 'an event that is refused is given up at once',
    edits: [
      [
        verdict,
        "if (form === 'bare') return judge",
        "if (suspicion.failures >= 0) return 'dead';\n  if (form === 'bare') return judge",
      ],
    ],
    cases: 'poison: .* answered 4',
  },
  {
    name: 'a refusal is the fault of the sink, whatever contradicts it',
    edits: [
      [
        verdict,
        'if (hasCheckFailed && ',
        "if (facts.outcome === 'reject_sink' || hasCheckFailed && ",
      ],
    ],
    cases: 'refusals: by content',
  },
  {
    name: 'a digest that is refused is cut as a whole',
    edits: [[verdict, "isDigest ? 'split' :", "isDigest && rate > 1 ? 'split' :"]],
    cases: 'refusals: by content, events in groups',
  },
  {
    name: 'a bare card that is refused is dead, although nothing else passes',
    edits: [[verdict, "hasJustPassed ? 'soon' : 'pause';", "hasJustPassed ? 'soon' : 'dead';"]],
    cases: 'refusals: of everything',
  },
  {
    name: 'a text that hangs waits for minutes where little is known',
    edits: [
      [
        verdict,
        '{ split: 1, short: 1e-2, bare: 1e-4 }',
        '{ split: 1e-2, short: 1e-4, bare: 1e-8 }',
      ],
    ],
    cases: 'refusals: by content, events in a storm',
    isLong: true,
  },
  {
    name: 'after an outage by refusals the cards stay as they were cut',
    edits: [
      [
        'src/core/deliver/failing.ts',
        "?.isAcquitted ? 'full' : undefined",
        '?.isAcquitted ? undefined : undefined',
      ],
      [
        lane,
        'await restoreDeliveries(db, this.#lease, {',
        'void restoreDeliveries;\n    await (async (..._: unknown[]) => {})(db, this.#lease, {',
      ],
    ],
    cases: 'refusals: of everything',
  },
  {
    name: 'what got no answer is repeated as soon as anything else',
    edits: [
      [
        'src/core/deliver/spacing.ts',
        'Math.min(unanswered, unansweredMax) - 1]',
        'Math.min(unanswered, unansweredMax) + 9]',
      ],
    ],
    cases: 'stores at once and answers after the time-out',
  },
  {
    name: 'a migration asks for what the release before does not write',
    edits: [
      [
        'drizzle/0009_operations.sql',
        'ALTER TABLE "events" ADD COLUMN "keys" integer[];',
        'ALTER TABLE "events" ADD COLUMN "keys" integer[], ADD CHECK ("keys" is not null) NOT VALID;',
      ],
    ],
    cases: 'one release up|up, back and up again',
    isLong: true,
  },
  {
    name: 'a paused sink is sent to',
    edits: [
      [
        lane,
        'if (restMs > 0) return this.#rest(health, restMs);',
        'if (restMs < 0) return this.#rest(health, restMs);',
      ],
      [lane, ' && this.#restMs() === 0;', ';'],
    ],
    cases: 'an operator pauses',
  },
  {
    name: 'an edit is recorded that was not sent',
    edits: [
      [
        'src/core/deliver/edits.ts',
        'return sink.edit!(remoteId, this.#deps.messageOf(edit), context);',
        'return event.id % 5 === 0 ? Promise.resolve() : sink.edit!(remoteId, this.#deps.messageOf(edit), context);',
      ],
    ],
    cases: 'incidents change while',
  },
  {
    name: 'an edit goes before a card',
    edits: [
      [
        lane,
        '    if (!next) return Math.min(this.#idleMs(), this.#parts.edits.step(health, nowMs));',
        '    const editMs = this.#parts.edits.step(health, nowMs);\n    if (!next) return Math.min(this.#idleMs(), editMs);',
      ],
    ],
    cases: 'cards go before edits',
  },
  {
    name: 'a change is applied twice',
    edits: [
      [
        'src/core/intake/later-changes.ts',
        'of await rootsOf(within, page, inserted ?? []))',
        'of (await rootsOf(within, page, inserted ?? [])).flatMap((one) => [one, one]))',
      ],
    ],
    cases: 'incidents change while',
  },
  {
    name: 'a step is sent without being claimed',
    edits: [
      [
        'src/core/deliver/admission.ts',
        "if (delivery.kind === 'step') return await this.#claims(delivery);",
        "if (delivery.kind === 'step') return this.#claims !== undefined;",
      ],
    ],
    cases: 'who sent a step is killed',
  },
  {
    name: 'a step is sent although it was stopped',
    edits: [
      [
        'src/core/deliver/admission.ts',
        "if (delivery.kind === 'step') return await this.#claims(delivery);",
        "if (delivery.kind === 'step') return (await this.#claims(delivery)) || true;",
      ],
    ],
    cases: 'who sent a step is killed',
  },
];
