// Breaks one promise of the code at a time, on a copy of the checkout, and runs the fault cases that must notice it. A suite that lets one
// pass proves nothing: then the exit code is 1. `node test/faults/mutations.mjs [part of a name]`.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const atOnce = 2;

/** `edits`: file, the one text that is replaced, and by what. `cases`: the file, and a regular expression of titles. */
const mutations = [
  {
    name: 'the fence of a page is dropped',
    edits: [['src/core/store/events.ts', `(\${fence === null} or exists (select 1 from fence))`, '(true)']],
    cases: ['replicas', 'SIGSTOP'],
  },
  {
    name: 'the cursor is written although the page was refused',
    edits: [['src/core/store/events.ts', 'from allowed where $', 'from (select 1) always where $']],
    cases: ['replicas', 'SIGSTOP'],
  },
  {
    name: 'the cursor moves before its events',
    edits: [
      [
        'src/core/ingest.ts',
        '  const stored = await insertOrBisect(decided, cursor,',
        '  await insertPage(db, fence, source, [], cursor, generation);\n  const stored = await insertOrBisect(decided, cursor,',
      ],
    ],
    cases: ['postgres', 'every backend terminated'],
  },
  {
    name: 'who lost a role reschedules',
    edits: [['src/core/store/deliveries.ts', 'where exists (select 1 from fence)\n    ), changed', '), changed']],
    cases: ['replicas', 'SIGSTOP'],
  },
  {
    name: 'sends start without a lease that outlasts them',
    edits: [['src/core/roles.ts', 'performance.now() + ms < validUntilMs', 'ms < validUntilMs + performance.now()']],
    cases: ['replicas', 'SIGSTOP'],
  },
  {
    name: 'the roles of the dead are never taken',
    edits: [['src/core/store/leases.ts', ' or l.holder in (select id from gone))', ')']],
    cases: ['replicas', 'kill the holder of 2'],
  },
  {
    name: 'roles are taken from the living',
    edits: [
      [
        'src/core/roles.ts',
        '(lease.holder === replicaId || lease.holder === null || lease.remainingMs <= 0);',
        'lease.holder !== undefined;',
      ],
      [
        'src/core/store/leases.ts',
        `and (l.holder is null or l.holder = \${id}::uuid or l.holder in (select id from gone))`,
        '',
      ],
    ],
    cases: ['replicas', 'rolling restart|ten at once'],
  },
  {
    name: 'a lone instance waits for its own dead predecessor',
    edits: [['src/core/store/leases.ts', 'if (predecessor !== null) {', "if (predecessor === 'nobody') {"]],
    cases: ['kill', 'kill -9 .* postgres'],
  },
  {
    name: 'delivered is recorded before the answer',
    edits: [
      [
        'src/core/deliver/lane.ts',
        '      await send(delivery);\n',
        '      recorder.delivered({ eventId, afterFailure: false, durationMs: 0 });\n      await send(delivery);\n',
      ],
    ],
    cases: ['mattermost', 'certificate'],
  },
  {
    name: 'what is in flight is read again',
    edits: [['src/core/deliver/lane.ts', '[...inFlight, ...recorder.unwritten()]', '[...recorder.unwritten()]']],
    cases: ['postgres', 'every backend terminated|stopped and started'],
  },
  {
    name: 'what is answered and not yet written is read again',
    edits: [['src/core/deliver/lane.ts', '[...inFlight, ...recorder.unwritten()]', '[...inFlight]']],
    cases: ['postgres', 'stopped and started|read-only|every backend terminated'],
  },
  {
    name: 'outcomes that could not be written at once are forgotten',
    edits: [
      [
        'src/core/deliver/recorder.ts',
        '        failures += 1;\n',
        '        failures += 1;\n        writing = undefined;\n',
      ],
    ],
    cases: ['postgres', 'stopped and started|read-only|every backend terminated'],
  },
  {
    name: 'a stop does not wait for what is in flight',
    edits: [
      ['src/core/deliver/lane.ts', '      while (inFlight.size > 0) await wake.wait(policy.sendTimeoutMs);\n', ''],
    ],
    cases: ['kill', 'SIGTERM .* postgres'],
  },
  {
    name: 'an item is stored as often as it is read',
    edits: [
      ['drizzle/0000_initial.sql', 'CONSTRAINT "events_source_external_id_key" UNIQUE("source","external_id"),', ''],
      ['src/core/store/events.ts', 'on conflict (source, external_id) do nothing', ''],
    ],
    cases: ['kill', 'SIGTERM .* postgres'],
  },
  {
    name: 'a page that was stored already stands in the way',
    edits: [['src/core/store/events.ts', 'on conflict (source, external_id) do nothing', '']],
    cases: ['tenant', 'ids that jump'],
  },
  {
    name: 'a page that ignored the cursor is believed',
    edits: [['src/sources/deepinstinct/client.ts', '      assertHeeded(', '      if (after < 0) assertHeeded(']],
    cases: ['tenant', 'the same page for ever'],
  },
  {
    name: 'the key follows a redirect',
    edits: [
      [
        'src/sources/deepinstinct/client.ts',
        '      const failure = failureOf(',
        '      const { location } = answer.headers;\n' +
          "      if (location) await http.request({ method: 'GET', url: location, headers, signal, timeoutMs, bodyBytesMax });\n" +
          '      const failure = failureOf(',
      ],
    ],
    cases: ['tenant', 'answers of a hostile proxy'],
  },
  {
    name: 'a page that is no page counts as an empty one',
    edits: [
      [
        'src/sources/deepinstinct/client.ts',
        '    throw malformed(answer, host, error.message, token);',
        '    return emptyPage;',
      ],
    ],
    cases: ['tenant', 'answers of a hostile proxy'],
  },
  {
    name: 'an event that always fails is never sent as a bare card',
    edits: [['src/core/deliver/policy.ts', 'poisonFailures: 4,', 'poisonFailures: 4_000,']],
    cases: ['poison', '1 of the most urgent answered 500'],
  },
  {
    name: 'a sink that is down is asked for every delivery',
    edits: [['src/core/deliver/policy.ts', 'outageFailures: 5,', 'outageFailures: 5_000,']],
    cases: ['mattermost', 'never answered|certificate'],
  },
  {
    name: 'replicas migrate without taking turns',
    edits: [['src/core/store/migrate.ts', 'select pg_advisory_xact_lock($', 'select ($']],
    cases: ['replicas', 'ten at once'],
  },
  {
    name: 'a directory is opened beside the process that has it',
    edits: [
      [
        'src/core/store/open.ts',
        '  const lock = await lockDirectory(options.dataDir);\n  try {\n    const instance',
        '  const nobody = { serve() {}, release: async () => {} } as unknown as DirectoryLock;\n' +
          '  const lock = await lockDirectory(options.dataDir).catch(() => nobody);\n  try {\n    const instance',
      ],
    ],
    cases: ['embedded', 'a second process'],
  },
];

/** @returns the folder of a copy, built from here on by the copy's own build.mjs */
function copyCheckout() {
  const copy = mkdtempSync(join(tmpdir(), 'tocsin-mutation-'));
  const left = new Set(['node_modules', '.git', 'bench']);
  cpSync(root, copy, { recursive: true, filter: (source) => !left.has(source.slice(root.length)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** @throws if a text is not there exactly once: then the code has changed, and the mutation must follow it */
function applyEdits(copy, edits) {
  for (const [file, before, after] of edits) {
    const path = join(copy, file);
    const parts = readFileSync(path, 'utf8').split(before);
    if (parts.length !== 2) throw new Error(`${file} has the text ${parts.length - 1} times: ${before}`);
    writeFileSync(path, parts.join(after));
  }
}

function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** @returns `caught`, or what went wrong */
async function judge({ edits, cases: [file, titles] }) {
  const copy = copyCheckout();
  try {
    applyEdits(copy, edits);
    const built = spawnSync(process.execPath, ['build.mjs'], { cwd: copy, encoding: 'utf8' });
    if (built.status !== 0) return { verdict: 'DOES NOT BUILD', output: built.stderr };
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const args = [
      vitest,
      'run',
      '--config',
      'test/faults/vitest.config.ts',
      `test/faults/${file}.test.ts`,
      '-t',
      titles,
    ];
    const { code, output } = await run(process.execPath, args, copy);
    // A case that failed, not a suite that could not run.
    const hasFailed = code !== 0 && /Repeat with: SEED=|Test timed out/.test(output);
    const why = /^(?:\w*Error): .*$/m.exec(output)?.[0] ?? '';
    return { verdict: hasFailed ? 'caught' : 'NOT CAUGHT', why: hasFailed ? why : '', output };
  } catch (error) {
    return { verdict: 'NOT APPLIED', output: error.message };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const wanted = mutations.filter(({ name }) => name.includes(process.argv[2] ?? ''));
const waiting = [...wanted];
let missed = wanted.length === 0 ? 1 : 0;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const startedAt = performance.now();
      const { verdict, why, output } = await judge(next);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      console.log(`${verdict.padEnd(14)} ${next.name} (${next.cases.join(': ')}; ${seconds} s) ${why ?? ''}`);
      if (verdict === 'caught') continue;
      missed += 1;
      console.log(output.split('\n').slice(-25).join('\n'));
    }
  }),
);
console.log(`${wanted.length - missed} of ${wanted.length} mutations caught`);
process.exit(missed === 0 ? 0 : 1);
