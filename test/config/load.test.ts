// The file and the variables together: which of them counts, and what must be there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { sources } from '../../src/sources/index.ts';
import { createLoader, three } from './loader.ts';
import { registries } from './registries.ts';

const { home, loadYaml, yamlProblems } = createLoader();

describe('beside the variables of the same meaning', () => {
  const each = [
    ['polling_interval', 'POLLING_INTERVAL', '40', '50', { pollingIntervalSeconds: 40 }],
    ['locale', 'LOCALE', 'th', 'en', { locale: 'th' }],
    ['time_zone', 'TZ', 'Asia/Bangkok', 'Europe/Berlin', { timeZone: 'Asia/Bangkok' }],
    ['storm', 'STORM', '30', '60', { storm: { over: 30, passes: 0 } }],
  ] as const;
  it.each(each)(
    'decides %s, and names the variable %s as one that does nothing',
    (key, name, mine, other, value) => {
      const config = loadYaml(`${key}: ${mine}\n`, { ...three, [name]: other });
      expect(config).toMatchObject(value);
      expect(config.warnings).toEqual([
        `${name} has no effect: tocsin.yaml:1:1 ${key} takes precedence.`,
      ]);
      expect(loadYaml(`${key}: ${mine}\n`, { ...three, [name]: mine }).warnings).toEqual([]);
    },
  );

  it.each(each)(
    'leaves %s to the variable %s if it does not say it',
    (_key, name, mine, _other, value) => {
      const config = loadYaml('# nothing\n', { ...three, [name]: mine });
      expect(config).toMatchObject(value);
      expect(config.warnings).toEqual([]);
    },
  );

  it.each(each)('hides no mistake in either: %s, %s', (key, name, mine) => {
    expect(yamlProblems(`${key}: "?"\n`, { ...three, [name]: mine })).toHaveLength(1);
    expect(yamlProblems(`${key}: ${mine}\n`, { ...three, [name]: '?' })).toHaveLength(1);
  });

  it('leaves to START_FROM where a source begins that does not say so', () => {
    const source = (more: string) =>
      `{ type: deepinstinct_events, url: "https://c.example", token: 12345678a${more} }`;
    const text = `sources:\n  a: ${source('')}\n  b: ${source(', start_from: 3d')}\n`;
    writeFileSync(join(home(), 'tocsin.yaml'), text);
    const env = { TOCSIN_CONFIG: 'tocsin.yaml', START_FROM: '7d' };
    const read = (more = {}) =>
      loadConfig({
        env: { ...env, ...more },
        directory: home(),
        registries: { ...registries, sources },
        needs: [],
      });
    const days = read().sources.map(
      ({ settings }) => (settings as { start_from: { ms: number } }).start_from.ms,
    );
    expect([days.map((ms) => ms / 86_400_000), read().warnings]).toEqual([[7, 3], []]);
    expect(() => read({ START_FROM: 'sometime' })).toThrow(/^START_FROM: /);
  });
});

it('warns of variables that do nothing beside it, and of a sink that gets nothing', () => {
  const text = `sinks: { soc: { type: stdout }, idle: { type: stdout } }\nroutes: [{ name: r, match: { min_severity: LOW }, to: [soc] }]\n`;
  expect(loadYaml(text, { ...three, MIN_SEVERITY: 'LOW' }).warnings).toEqual([
    'MATTERMOST_WEBHOOK_URL has no effect: tocsin.yaml decides this.',
    'MIN_SEVERITY has no effect: tocsin.yaml decides this.',
    'tocsin.yaml:1:33 sinks.idle: gets nothing, because no route names it. Name it in a route or in operations, or remove it.',
  ]);
});

it('reports no variable as missing that a broken part of the file may replace', () => {
  expect(
    yamlProblems(
      'sources: 7\nsinks: 7\nroutes:\n  - { name: r, to: [soc], match: { sources: [di] } }\n',
      {},
    ),
  ).toHaveLength(2);
  expect(
    yamlProblems('sorces: {}\nroutes:\n  - { name: r, to: [soc], match: { sources: [di] } }\n', {}),
  ).toHaveLength(1);
});

it('reports its problems together with those of the variables', () => {
  expect(
    yamlProblems('sinks: { soc: { type: nothing } }\n', { PORT: 'x' }).map((p) => p.split(' ')[0]),
  ).toEqual(['DEEPINSTINCT_URL', 'TOKENS_KEY', 'tocsin.yaml:1:17', 'PORT']);
});
