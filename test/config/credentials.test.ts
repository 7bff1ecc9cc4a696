// A configuration for commands that call no far end: secrets may be missing, and everything else is
// judged as always.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-credentials-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Env = Record<string, string>;
function load(yaml: string | undefined, env: Env = {}, areCredentialsOptional = true) {
  if (yaml !== undefined) writeFileSync(join(directory, 'draft.yaml'), yaml);
  const file = yaml === undefined ? {} : { file: { name: 'draft.yaml', where: '--config' } };
  return loadConfig({
    env,
    directory,
    registries: { sources, sinks },
    needs: [],
    areCredentialsOptional,
    ...file,
  });
}

function problemsOf(
  yaml: string | undefined,
  env: Env = {},
  areCredentialsOptional = true,
): string[] {
  try {
    load(yaml, env, areCredentialsOptional);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ where, problem }) => `${where} ${problem}`);
    throw error;
  }
  return [];
}

const yaml = `
sources: { di: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token_file: /nowhere/token } }
sinks: { soc: { type: mattermost, url: "\${HOOK}" }, night: { type: stdout } }
routes: [{ name: all, match: { sources: [di] }, to: [soc, night] }]
`;

test('variables and secret files of sources and sinks may be missing, and their adapters are there', () => {
  const { sources: read, sinks: to, routes } = load(yaml);
  expect(read.map(({ id }) => id)).toEqual(['di']);
  expect(to.map(({ id }) => id)).toEqual(['soc', 'night']);
  expect(routes).toMatchObject([{ name: 'all', to: ['soc', 'night'] }]);
  expect(problemsOf(yaml, {}, false)).toHaveLength(3);
});

test('those of variables alone are there without any of them, so that routes may name them', () => {
  const config = load(
    'routes: [{ name: all, match: { sources: [deepinstinct_events] }, to: [soc] }]',
  );
  expect(config.sinks.map(({ id }) => id)).toEqual(['soc']);
  expect(load(undefined).routes).toMatchObject([{ name: 'default', to: ['soc'] }]);
  expect(load(undefined, {}, false).sinks).toEqual([]);
});

test('a variable of a route must be there: without it nobody could say what the route does', () => {
  const draft = yaml.replace('to: [soc, night]', 'when: "${WHEN}", to: ["${SINK}"]');
  expect(problemsOf(draft)).toEqual([
    expect.stringContaining('${WHEN} has no value'),
    expect.stringContaining('${SINK} has no value'),
  ]);
});

test('what is written wrong is a problem as ever, beside what is missing', () => {
  const draft = yaml
    .replace('type: stdout', 'type: stdout, chanel: x')
    .replace('to: [soc, night]', 'to: [sco]');
  expect(problemsOf(draft)).toEqual([
    expect.stringContaining('"chanel" is not a key that belongs here'),
    expect.stringContaining('"sco" is not a sink of this configuration'),
  ]);
});

test('a file that was named by something else than a variable takes its place, and is named so if it cannot be read', () => {
  writeFileSync(join(directory, 'tocsin.yaml'), 'routes: 5');
  expect(load(yaml, { TOCSIN_CONFIG: 'tocsin.yaml' }).routes).toMatchObject([{ name: 'all' }]);
  rmSync(join(directory, 'draft.yaml'));
  const wanted = {
    env: {},
    directory,
    registries: { sources, sinks },
    file: { name: 'draft.yaml', where: '--config' },
  };
  expect(() => loadConfig(wanted)).toThrow(
    '--config: names draft.yaml, which cannot be read (ENOENT)',
  );
});
