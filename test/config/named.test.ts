// A service loads the types that its configuration names: in the file, in variables, in a draft. A
// configuration that is wrong is refused in the same words as with all types at hand.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig, loadNamedConfig, readDraft } from '../../src/config/index.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sinkLoaders } from '../../src/sinks/registry.ts';
import { sources } from '../../src/sources/index.ts';
import { sourceLoaders } from '../../src/sources/registry.ts';

const hook = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';
const script = {
  DEEPINSTINCT_URL: 'https://console.example',
  TOKENS_KEY: 'key-of-an-api-connector',
  MATTERMOST_WEBHOOK_URL: hook,
};
const file = `
sources:
  host: { type: falco, proof: header, header: X-Key, secret: a-secret-of-32-random-characters }
sinks:
  soc: { type: mattermost, url: "${hook}" }
  boss: { type: "${'${BOSS_TYPE}'}" }
`;

function optionsOf(env: Record<string, string>, text?: string) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-named-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  if (text !== undefined) writeFileSync(join(directory, 'tocsin.yaml'), text);
  const named = text === undefined ? {} : { TOCSIN_CONFIG: 'tocsin.yaml' };
  return { directory, env: { EMBEDDED: 'yes', ...named, ...env } };
}

/** Those of this release, which remember what was loaded. */
function loadersSeen() {
  const loaded: string[] = [];
  const seen = <D>(loaders: Readonly<Record<string, () => Promise<D>>>) =>
    Object.fromEntries(
      Object.entries(loaders).map(([type, load]) => {
        const noting = vi.fn(() => {
          loaded.push(type);
          return load();
        });
        return [type, noting];
      }),
    );
  return { loaded, loaders: { sources: seen(sourceLoaders), sinks: seen(sinkLoaders) } };
}

test('what the variables stand for is loaded, and nothing else', async () => {
  const { loaded, loaders } = loadersSeen();
  const config = await loadNamedConfig(optionsOf(script), loaders);
  expect(config.sinks.map(({ type }) => type)).toEqual(['mattermost']);
  expect(new Set(loaded)).toEqual(
    new Set([...config.sources.map(({ type }) => type), 'mattermost']),
  );
});

test('what a file names is loaded, also by a variable, and the configuration is the same', async () => {
  const { loaded, loaders } = loadersSeen();
  const options = optionsOf({ BOSS_TYPE: 'stdout' }, file);
  const config = await loadNamedConfig(options, loaders);
  expect(loaded.toSorted()).toEqual(['falco', 'mattermost', 'stdout']);
  const { ground: _, ...rest } = config;
  const { ground: __, ...whole } = loadConfig({ ...options, registries: { sources, sinks } });
  expect(JSON.stringify(rest)).toBe(JSON.stringify(whole));
});

test('a type that is unknown is refused with the names of all', async () => {
  const options = optionsOf({ BOSS_TYPE: 'stdut' }, file);
  const problemsOf = async (load: () => unknown) => {
    try {
      await load();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).problems;
    }
    throw new Error('it was read');
  };
  const named = await problemsOf(() => loadNamedConfig(options, loadersSeen().loaders));
  expect(named).toEqual(
    await problemsOf(() => loadConfig({ ...options, registries: { sources, sinks } })),
  );
  expect(JSON.stringify(named)).toMatch(/zulip.*Did you mean .?.?stdout/);
});

test('a draft may name a type that does not run', async () => {
  const { loaded, loaders } = loadersSeen();
  const running = await loadNamedConfig(optionsOf(script), loaders);
  loaded.length = 0;
  const { config } = await readDraft('sinks: { night: { type: gotify } }', running).catch(
    (error: ConfigError) => ({ config: JSON.stringify(error.problems) }),
  );
  expect(loaded).toContain('gotify');
  expect(JSON.stringify(config)).not.toMatch(/is not a type/);
});
