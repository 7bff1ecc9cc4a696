// A draft is read as the running configuration would be, and learns nothing that the service knows:
// no variable, no file, no secret.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig, readDraft } from '../../src/config/index.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';

const hook = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';
const file = `
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "${hook}" }
  boss: { type: stdout }
`;

function running(env: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-draft-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'tocsin.yaml'), file);
  const all = { TOCSIN_CONFIG: 'tocsin.yaml', EMBEDDED: 'yes', ...env };
  return loadConfig({ env: all, directory, registries: { sources, sinks } });
}

const problems = async (text: string) => {
  try {
    await readDraft(text, running());
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map(({ where, problem }) => `${where} ${problem}`);
  }
  throw new Error('it was read');
};

test.each([
  ['a file', 'routes:\n  - { name: all, to: [soc], match: { sources: [a] } }\n'],
  ['a list of routes', '- { name: all, to: [soc], match: { sources: [a] } }\n'],
  ['a list behind a comment', '# mine\n\n- { name: all, to: [soc], match: { sources: [a] } }\n'],
])('%s keeps the sources and sinks that run', async (_, text) => {
  const { config } = await readDraft(text, running());
  expect(config.routes.map(({ name, to }) => [name, to])).toEqual([['all', ['soc']]]);
  expect(config.sinks.map(({ id }) => id)).toEqual(['soc', 'boss']);
  expect(config.sources.map(({ id }) => id)).toEqual(['a']);
});

test('a file with sinks of its own has those alone, also without their credentials', async () => {
  const text = 'sinks: { night: { type: mattermost, url: "${HOOK}" } }\n';
  const { config } = await readDraft(text, running());
  expect(config.sinks).toMatchObject([{ id: 'night', settings: undefined }]);
  expect(config.routes).toMatchObject([{ to: ['night'] }]);
});

test('the threshold and the time zone of the variables count as they do now', async () => {
  const config = running({ MIN_SEVERITY: 'HIGH', TZ: 'Asia/Bangkok' });
  const { config: draft } = await readDraft('- { name: all, to: [soc] }', config);
  expect(draft.routes[0]!.minSeverity).toBe(4);
  expect(draft.timeZone).toBe('Asia/Bangkok');
});

test('every problem has its line and column', async () => {
  expect(
    await problems('routes:\n  - { name: a, to: [sco] }\n  - { name: a, to: [soc], wen: x }\n'),
  ).toEqual([
    expect.stringMatching(/^draft:3:27 routes\[1\]/),
    expect.stringMatching(/^draft:2:21 routes\[0\]\.to\[0\] "sco" is not a sink/),
    expect.stringMatching(/^draft:3:7 routes\[1\]\.name "a" is the name of an earlier route/),
  ]);
  expect(await problems('- name: a\n  to: [sco]\n')).toEqual([
    expect.stringMatching(/^draft:2:8 routes\[0\]\.to\[0\] "sco" is not a sink/),
  ]);
  expect((await problems('a: ['))[0]).toMatch(/^draft:1:/);
});

test('neither a variable nor a file of the service is read, and none is betrayed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-draft-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'https://chat.example/hooks/of-the-file');
  vi.stubEnv('DATABASE_URL', 'postgres://u:p@db.example/x');
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = running({ SECRET_WORD: 'soc', DATABASE_URL: 'postgres://u:p@db.example/x' });
  const read = async (text: string) => {
    try {
      return JSON.stringify((await readDraft(text, config)).config.sinks);
    } catch (error) {
      return JSON.stringify((error as ConfigError).problems);
    }
  };
  const there = await read(`sinks: { soc: { type: mattermost, url_file: "${secret}" } }`);
  const absent = await read('sinks: { soc: { type: mattermost, url_file: "/no/such/file" } }');
  expect(there).toBe(absent);
  expect(there).not.toContain('of-the-file');
  for (const name of ['SECRET_WORD', 'DATABASE_URL', 'PATH', 'NO_SUCH_VARIABLE']) {
    const answer = await read(`- { name: "\${${name}}", to: [soc] }`);
    expect(answer).toContain(`{${name}} has no value`);
    expect(answer).not.toContain('db.example');
  }
});

test('any text is a draft or has problems with a place', async () => {
  const config = running();
  const word = fc.constantFrom(
    ...'-:[]{}#&*!|>\'"%@`\n a0${}',
    'routes',
    'to',
    'soc',
    'name',
    'sinks',
  );
  const written = fc.array(word, { maxLength: 40 }).map((words) => words.join(''));
  await fc.assert(
    fc.asyncProperty(fc.oneof(written, fc.string()), async (text) => {
      try {
        await readDraft(text, config);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        for (const { where } of (error as ConfigError).problems)
          expect(where).toMatch(/^draft:\d+/);
        expect(JSON.stringify(error)).not.toContain(hook);
      }
    }),
    { numRuns: 500 },
  );
});
