// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// What `tocsin config show` prints is the configuration itself: read again, it gives the same. It
// shows no secret.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fitsJsonSchema } from '../json-schema-check.ts';
import { hook, three } from '../loader.ts';
import { type RandomConfig, randomConfig } from '../random-config.ts';
import { createShower } from './shower.ts';

const { home, read, show } = createShower();

function readAgain(env: Readonly<Record<string, string>>, text: string) {
  mkdirSync(join(home(), 'elsewhere'), { recursive: true });
  writeFileSync(join(home(), 'elsewhere', 'shown.yaml'), text);
  return read({ ...env, TOCSIN_CONFIG: 'elsewhere/shown.yaml' });
}

/**
 * Everything that the service goes by. What is compiled is compared as it was written; the hash is
 * of how it was written.
 */
function meaning({ config, file }: ReturnType<typeof read>) {
  // The ground holds the routes as they are written, which is another text here.
  const { warnings: _, hash: __, ground: ___, secrets, access, ...rest } = config;
  const routes = config.routes.map((route, index) => ({
    ...(file?.routes?.[index]?.content ?? {}),
    ...compared(route),
  }));
  // Its functions are others each time, and its values come from variables alone.
  const ways: unknown = JSON.parse(JSON.stringify(access));
  return { ...rest, routes, access: ways, secrets: [...secrets].sort() };
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
    areChangesPosted,
    isLast,
    active,
    mute,
    sources: ids,
  } = route;
  return {
    name,
    minSeverity,
    to,
    settings,
    group,
    isFirstOnly,
    areChangesPosted,
    isLast,
    active,
    mute,
    ids,
  };
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
        '    url: https://console.example',
        '    token: ${TOKENS_KEY}',
        '  deepinstinct_suspicious_events:',
        '    type: deepinstinct_suspicious_events',
        '    url: https://console.example',
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

  it('has a variable in place of a secret that stood in the file, also in a comment and in other values', () => {
    const file = `sinks:\n  soc:\n    type: mattermost\n    url: ${hook} # was ${hook}\n    channel: town\nroutes:\n  - { name: "to ${hook}", to: [soc] }\n`;
    const { yaml, hidden } = show(three, file);
    expect(yaml).not.toContain('3hook5id7of9twenty6letters');
    expect(yaml).toContain(
      '    url: ${SOC_URL} # was [secret]; it stood here: set SOC_URL to it\n',
    );
    expect(hidden).toEqual([{ where: 'tocsin.yaml:4:5 sinks.soc.url', variable: 'SOC_URL' }]);
  });

  it('gives the same configuration when it is read again, whatever the variables are', () => {
    fc.assert(fc.property(randomConfig(home, false), expectSame), { numRuns: 60 });
  });

  it('gives the same configuration when it is read again, whatever the file says', () => {
    fc.assert(fc.property(randomConfig(home, true), expectSame), { numRuns: 150 });
  });
});
