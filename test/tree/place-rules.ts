// The rules about what stands where: SQL, the environment, timers, metrics, logs, vendors' names,
// names of folders.
import { knownVariables } from '../../src/config/read/known.ts';
import { adapterOf, areaOf, isAdapter } from './areas.ts';
import { eachFile, type Rule } from './rule.ts';
import type { SourceFile } from './source-files.ts';

/**
 * A string or template that begins as a statement does. Sentences for people begin with a capital
 * letter and one only.
 */
const statement =
  /\bsql(<[^`]*>)?`|['"`]\s*(?:(?:select|SELECT)\s+[\w*(]|insert\s+into\s|delete\s+from\s|update\s+\w+\s+set\s|(?:create|alter|drop)\s+(?:table|index|database|type)\s)/;

const sql = eachFile(
  'SQL stands under src/store alone',
  ({ path, text }) => areaOf(path) !== 'store' && statement.test(text),
  [
    {
      path: 'src/core/roles/index.ts',
      text: 'await db.execute(sql`update leases set epoch = 1`);',
    },
    { path: 'src/http/api.ts', text: "await query('select 1');" },
    {
      path: 'src/commands/dead/index.ts',
      text: 'const text = `\n  insert into events (id) values (1)`;',
    },
  ],
);

const environment = eachFile(
  'the environment is read by src/config alone; main hands it over',
  ({ path, text }) =>
    !/^(config|main)\b/.test(areaOf(path) ?? '') &&
    /\bprocess\??\.env\b|from 'node:process'/.test(text),
  [
    { path: 'src/observe/log.ts', text: 'const level = process.env.LOG_LEVEL;' },
    { path: 'src/sinks/bell.ts', text: "import { env } from 'node:process';" },
  ],
);

const sleep = eachFile(
  'an adapter never sleeps and sets no timer',
  ({ path, text }) =>
    isAdapter(path) && /\b(setTimeout|setInterval|setImmediate|sleep|delay)\s*\(/.test(text),
  [
    {
      path: 'src/sinks/bell.ts',
      text: 'await new Promise((resolve) => setTimeout(resolve, 1000));',
    },
  ],
);

const metrics = eachFile(
  'metrics are made in src/observe/metrics/instruments alone',
  ({ path, text }) =>
    !path.startsWith('src/observe/metrics/instruments/') &&
    /\bnew (Counter|Gauge|Histogram|Summary|Registry)\b/.test(text),
  [
    {
      path: 'src/core/intake/poll.ts',
      text: "const polls = new Counter({ name: 'tocsin_polls_total' });",
    },
  ],
);

const logs = eachFile(
  'nothing writes to the console past the logger and the commands',
  ({ path, text }) =>
    !/^src\/store\/embedded\/make-seed\.ts$/.test(path) && /\bconsole\.\w+\(/.test(text),
  [{ path: 'src/sinks/bell.ts', text: 'console.log(message);' }],
);

const oneMask = eachFile(
  'secrets are masked in src/kit/mask.ts alone',
  ({ path, text }) =>
    path !== 'src/kit/mask.ts' && /['"`]\[(secret|masked|redacted|hidden)\]/i.test(text),
  [
    { path: 'src/observe/log.ts', text: "return text.replaceAll(secret, '[secret]');" },
    { path: 'src/http/app.ts', text: 'const shown = text.replace(token, "[redacted]");' },
  ],
);

/** Classes, not single characters: an adapter may know one that its far end is odd about. */
const classOfUnseen =
  /\\[pP]\{(C|Cc|Cf|Cs|Other|Control|Format|Default_Ignorable)|\\[xu]0*7F-\\[xu]0*9F|\\(0|x00)-\\x1F/i;

const oneSet = eachFile(
  'the characters that must not be obeyed are listed in src/kit/unseen.ts alone',
  ({ path, text }) => path !== 'src/kit/unseen.ts' && classOfUnseen.test(text),
  [
    { path: 'src/cli/json.ts', text: 'const obeyed = /[\\x7F-\\x9F\\u2028\\u2029]/gu;' },
    { path: 'src/sinks/bell.ts', text: 'name.replace(/\\p{Cf}/gu, "")' },
    { path: 'simulators/page.ts', text: 'name.replace(/\\p{C}/gu, "·")' },
  ],
);

const emptyNames = /(^|\/)(utils?|helpers?|common|types|services|shared|misc|lib)(\.tsx?$|\/)/i;

/** Counts for the tests and benchmarks too. */
export const names = eachFile(
  'no folder or file has a name that says nothing',
  ({ path }) => emptyNames.test(path),
  [
    { path: 'src/core/utils/text.ts', text: '' },
    { path: 'src/http/helpers.ts', text: '' },
    { path: 'test/common/wait.ts', text: '' },
  ],
);

const opening = eachFile(
  'every file of src says in its first line what it is for',
  ({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text),
  [{ path: 'src/kit/bell.ts', text: "import { z } from 'zod';" }],
);

/**
 * Ways to send, and products whose name is a common word or a part of one. As words they may stand
 * anywhere, as the name of a type nowhere; what Node calls an event is none.
 */
const neutral = new Set(['email', 's3', 'stdout', 'teams', 'webhook']);

/**
 * Specifications that many products follow, which are no vendor's, and a product whose name is a word
 * that Node uses as a name as well.
 */
const unsought = new Set(['cloudevents', 'line', 'standard_webhooks']);

/**
 * Where a vendor may be named: its folder, the registries, the table of commands, the simulated far
 * ends, and the variables of the script that Tocsin replaces.
 */
const placesOfVendors = [
  /^src\/main\.ts$/,
  /^src\/(sources|sinks)\/registry\.ts$/,
  /^simulators\//,
  /^src\/commands\/demo(\.ts$|\/)/,
  /^src\/config\/read\/(known|script)\.ts$/,
];

const vendors: Rule = {
  title:
    'a vendor is named in its own folder, the tables, the demo and the names of variables alone',
  faults: (files) => {
    const names = new Set(
      files.filter(({ path }) => isAdapter(path)).map(({ path }) => adapterOf(path)),
    );
    return [...names].filter((name) => !unsought.has(name)).flatMap((name) => namings(name, files));
  },
  breaches: [
    { path: 'src/core/deliver/lane.ts', text: '// Deep Instinct answers 422 to an old key.' },
    { path: 'src/core/intake/poll.ts', text: "if (source.type === 'deepinstinct_events') return;" },
    { path: 'src/commands/serve.ts', text: "if (sink.type === 'mattermost') return;" },
    { path: 'src/http/app.ts', text: "app.get('/', (c) => c.text('Deep Instinct'));" },
    { path: 'src/core/deliver/lane.ts', text: "if (sink.type === 'email') return;" },
    { path: 'src/sinks/slack.ts', text: '// As Mattermost does.' },
    { path: 'src/sinks/mattermost/card.ts', text: "const footer = 'Deep Instinct Security';" },
  ],
};

/**
 * Finds `deepinstinct` as `Deep Instinct`, `deep-instinct` and `DEEPINSTINCT_URL` too. A name of
 * four letters is one word: with gaps it would be found in ordinary ones.
 */
function namings(name: string, files: readonly SourceFile[]): string[] {
  const letters = [...name.replaceAll('_', '')];
  const pattern = neutral.has(name)
    ? new RegExp(`(?<!\\.on(?:ce)?\\()['"\`]${name}['"\`]`)
    : new RegExp(letters.join(letters.length < 5 ? '' : '[ _-]?'), 'i');
  return files
    .filter(({ path }) => !placesOfVendors.some((place) => place.test(path)))
    .filter(({ path }) => !isAdapter(path) || !areOfOneVendor(adapterOf(path), name))
    .filter(({ path, text }) =>
      pattern.test(areaOf(path) === 'commands' ? withoutVariables(text) : text),
    )
    .map(({ path }) => `${path} names ${name}`);
}

/** A sink may be one product of the vendor whose name a source has: `bell` and `bell_siren`. */
function areOfOneVendor(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/** A command may tell people which variable to look at. */
function withoutVariables(text: string): string {
  return text.replace(new RegExp(`\\b(${knownVariables.join('|')})\\b`, 'g'), '');
}

export const placeRules: readonly Rule[] = [
  sql,
  environment,
  sleep,
  metrics,
  logs,
  oneMask,
  oneSet,
  opening,
  vendors,
];
