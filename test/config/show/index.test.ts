// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to
// variables What `tocsin config show` prints is the configuration itself: read again, it gives the
// same; and it shows no secret.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../src/config/index.ts';
import { type ShownConfig, showConfig } from '../../../src/config/show/index.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { fitsJsonSchema } from '../json-schema-check.ts';
import { type RandomConfig, randomConfig } from '../random-config.ts';

type Environment = Readonly<Record<string, string>>;

const token = 'key-of-an-api-connector';
const hook = 'https://chat.example.com/hooks/3hook5id7of9twenty6letters';
const three = {
  DEEPINSTINCT_URL: 'https://console.example.com',
  TOKENS_KEY: token,
  MATTERMOST_WEBHOOK_URL: hook,
};

let home: string;
let elsewhere: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tocsin-show-'));
  elsewhere = join(home, 'elsewhere');
  mkdirSync(join(home, 'secrets'));
  mkdirSync(elsewhere);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const read = (env: Environment) =>
  readConfig({ env, directory: home, registries: { sources, sinks } });

function show(env: Environment, yaml?: string): ShownConfig {
  if (yaml !== undefined) writeFileSync(join(home, 'tocsin.yaml'), yaml);
  return showConfig(read(yaml === undefined ? env : { ...env, TOCSIN_CONFIG: 'tocsin.yaml' }));
}

function readAgain(env: Environment, text: string) {
  writeFileSync(join(elsewhere, 'shown.yaml'), text);
  return read({ ...env, TOCSIN_CONFIG: 'elsewhere/shown.yaml' });
}

/**
 * Everything that the service goes by. What is compiled is compared as it was written; the hash is
 * of how it was written.
 */
function meaning({ config, file }: ReturnType<typeof read>) {
  const { warnings: _, hash: __, secrets, ...rest } = config;
  const routes = config.routes.map((route, index) => ({
    ...(file?.routes?.[index]?.content ?? {}),
    ...compared(route),
  }));
  return { ...rest, routes, secrets: [...secrets].sort() };
}

/** Thresholds may have come from a variable, and now stand in the file. */
function compared(route: ReturnType<typeof read>['config']['routes'][number]) {
  const {
    name,
    minSeverity,
    to,
    settings,
    group,
    isFirstOnly,
    isLast,
    active,
    mute,
    sources: ids,
  } = route;
  return { name, minSeverity, to, settings, group, isFirstOnly, isLast, active, mute, ids };
}

function withoutThresholds<Meaning extends ReturnType<typeof meaning>>(value: Meaning) {
  const routes = value.routes.map(({ match, ...route }) => {
    const { min_severity: _, ...others } = match ?? {};
    return { ...route, match: others };
  });
  return { ...value, routes };
}

function expectSame({ yaml, env, inline }: RandomConfig): void {
  const shown = show(env, yaml);
  const before = withoutThresholds(
    meaning(read(yaml === undefined ? env : { ...env, TOCSIN_CONFIG: 'tocsin.yaml' })),
  );
  expect(shown.hidden).toHaveLength(inline.length);
  const set = Object.fromEntries(
    shown.hidden.map(({ variable }, index) => [variable, inline[index]!]),
  );
  for (const text of [shown.yaml, JSON.stringify(shown.content)]) {
    const after = readAgain({ ...env, ...set }, text);
    expect(withoutThresholds(meaning(after))).toEqual(before);
    expect(parse(text)).toEqual(shown.content);
    for (const secret of before.secrets.filter((value) => value.length >= 8))
      expect(text).not.toContain(secret);
  }
  expect(fitsJsonSchema(shown.content)).toEqual([]);
}

describe('what is shown', () => {
  it('is the file that says the same as the three variables', () => {
    const { yaml } = show({
      ...three,
      POLLING_INTERVAL: '30',
      MIN_SEVERITY: 'HIGH',
      TZ: 'Asia/Bangkok',
    });
    expect(yaml).toBe(
      [
        '# What the variables amount to. Save it as tocsin.yaml and let TOCSIN_CONFIG name it: it says the same, and can say more.',
        '# The variables in it are still needed, and so are those that no file replaces, such as DATABASE_URL.',
        '',
        'sources:',
        '  deepinstinct_events:',
        '    type: deepinstinct_events',
        '    url: https://console.example.com',
        '    token: ${TOKENS_KEY}',
        '  deepinstinct_suspicious_events:',
        '    type: deepinstinct_suspicious_events',
        '    url: https://console.example.com',
        '    token: ${TOKENS_KEY}',
        '',
        'sinks:',
        '  soc:',
        '    type: mattermost',
        '    url: ${MATTERMOST_WEBHOOK_URL}',
        '',
        'routes:',
        '  - name: default',
        '    match: { min_severity: HIGH }',
        '    to: [ soc ]',
        '',
        'storm: 20 # as nothing says otherwise',
        'polling_interval: 30 # from POLLING_INTERVAL',
        'locale: en # as nothing says otherwise',
        'time_zone: Asia/Bangkok # from TZ',
        '',
      ].join('\n'),
    );
  });

  it('has the heartbeat of a variable, and not its value', () => {
    const address = 'https://beat.example.com/ping/0f1e2d3c4b5a';
    writeFileSync(join(home, 'secrets', 'beat'), address);
    const shown = [{ HEARTBEAT_URL: address }, { HEARTBEAT_URL_FILE: 'secrets/beat' }].map(
      (variable) => show({ ...three, ...variable }).content as { heartbeat: unknown },
    );
    expect(shown.map(({ heartbeat }) => heartbeat)).toEqual([
      { url: '${HEARTBEAT_URL}' },
      { url_file: join(home, 'secrets', 'beat') },
    ]);
  });

  it('keeps the heartbeat of a file, which a variable does not replace', () => {
    const file = `heartbeat: { url_file: ${home}/beat } # ours\n`;
    writeFileSync(join(home, 'beat'), 'https://beat.example.com/ping/0f1e2d3c4b5a');
    const { yaml } = show({ ...three, HEARTBEAT_URL: 'https://other.example.com/ping' }, file);
    expect(yaml).toMatch(/^heartbeat: \{ url_file: .*\/beat \} # ours$/m);
  });

  it('keeps the comments and the order of a file, and has what it leaves to the variables', () => {
    const file = [
      '# ours',
      'time_zone: Asia/Bangkok',
      'polling_interval: 30 # quick',
      'sinks: # one',
      '  soc: { type: mattermost, url: "${MATTERMOST_WEBHOOK_URL}" }',
      'routes:',
      '  - name: all # of them',
      '    to: [soc]',
      '',
    ].join('\n');
    const { yaml } = show({ ...three, POLLING_INTERVAL: '60', MIN_SEVERITY: 'LOW' }, file);
    expect(yaml.split('\n')).toEqual([
      '# ours',
      'locale: en # as nothing says otherwise',
      'time_zone: Asia/Bangkok',
      'storm: 20 # as nothing says otherwise',
      'polling_interval: 30 # quick',
      '',
      'sources:',
      '  deepinstinct_events:',
      '    type: deepinstinct_events',
      '    url: https://console.example.com',
      '    token: ${TOKENS_KEY}',
      '  deepinstinct_suspicious_events:',
      '    type: deepinstinct_suspicious_events',
      '    url: https://console.example.com',
      '    token: ${TOKENS_KEY}',
      'sinks:',
      '  # one',
      '  soc: { type: mattermost, url: "${MATTERMOST_WEBHOOK_URL}" }',
      'routes:',
      '  - name: all # of them',
      '    to: [ soc ]',
      '    match: { min_severity: LOW }',
      '',
    ]);
  });

  it('keeps what a storm lets pass, with the number of a variable where the file has none', () => {
    const of = (file: string, more = {}) => parse(show({ ...three, ...more }, file).yaml).storm;
    expect(of('storm: { over: 3, passes: HIGH }')).toEqual({ over: 3, passes: 'HIGH' });
    expect(of('storm: { over: 3, passes: HIGH }', { STORM: '7' })).toEqual({
      over: 3,
      passes: 'HIGH',
    });
    expect(of('storm: { passes: HIGH }', { STORM: '7' })).toEqual({ over: 7, passes: 'HIGH' });
    expect(of('storm: 3', { STORM: 'off' })).toBe(3);
    expect(of('locale: th')).toBe(20);
  });

  it('has a variable in place of a secret that stood in the file, also in a comment and in other values', () => {
    const file = `sinks:\n  soc:\n    type: mattermost\n    url: ${hook} # was ${hook}\n    channel: town\nroutes:\n  - { name: "to ${hook}", to: [soc] }\n`;
    const { yaml, hidden } = show(three, file);
    expect(yaml).not.toContain('3hook5id7of9twenty6letters');
    expect(yaml).toContain(
      '    url: ${SOC_URL} # was [secret]; it stood here: set SOC_URL to it\n',
    );
    expect(hidden).toEqual([{ where: 'tocsin.yaml:4:5 sinks.soc.url', variable: 'SOC_URL' }]);
  });

  it('names the file that held a secret, by its whole path', () => {
    writeFileSync(join(home, 'secrets', 'key'), `${token}\n`);
    const { TOKENS_KEY: _, ...others } = three;
    const shown = show({ ...others, TOKENS_KEY_FILE: 'secrets/key' });
    expect(parse(shown.yaml).sources.deepinstinct_events).toEqual({
      type: 'deepinstinct_events',
      url: three.DEEPINSTINCT_URL,
      token_file: join(home, 'secrets', 'key'),
    });
  });

  it('gives the same configuration when it is read again, whatever the variables are', () => {
    fc.assert(
      fc.property(
        randomConfig(() => home, false),
        expectSame,
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same configuration when it is read again, whatever the file says', () => {
    fc.assert(
      fc.property(
        randomConfig(() => home, true),
        expectSame,
      ),
      { numRuns: 150 },
    );
  });
});
