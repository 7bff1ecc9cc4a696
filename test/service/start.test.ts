// What a service refuses before it opens or calls anything; at work, test/e2e.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Command, entry } from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { createCheck } from '../../src/commands/check.ts';
import { createOnce } from '../../src/commands/once.ts';
import { loadConfig } from '../../src/config/index.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import type { SourceDefinition } from '../../src/kit/source.ts';
import { exitCodes } from '../../src/service/exit-codes.ts';
import { startService } from '../../src/service/start.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { quiet } from '../store/stored.ts';

const pushed: SourceDefinition = {
  ...{ type: 'pushed', config: z.strictObject({}), example: {}, secrets: [] },
  create: () => ({ kind: 'push', verify() {}, parse: () => [] }),
};
const registries = { sources: { ...sources, pushed }, sinks };
const waits = { roleMs: 1, patienceMs: 1, pausedPatienceMs: 1, stormPatienceMs: 1 };

function setUp() {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-push-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'tocsin.yaml'), 'sources: { siem: { type: pushed } }');
  const env = {
    MATTERMOST_WEBHOOK_URL: 'http://127.0.0.1:9/hooks/abcdefghijklmnopqrstuvwxyz',
    DATA_DIR: join(directory, 'data'),
    TOCSIN_CONFIG: 'tocsin.yaml',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  return { env, directory };
}

const commands = {
  check: createCheck({ registries, createHttp: () => createHttpClient(), now: Date.now }),
  once: createOnce(waits, registries),
} satisfies Record<string, Command>;

async function run(name: keyof typeof commands, ...options: string[]) {
  const { env, directory } = setUp();
  const output = { stdout: '', stderr: '' };
  const table = { [name]: entry(`Runs ${name}`, commands[name]) };
  const code = await dispatch([name, ...options], table, {
    ...{ env, directory, version: 't' },
    stdout(text) {
      output.stdout += text;
    },
    stderr(text) {
      output.stderr += text;
    },
  });
  return { ...output, code, hasData: existsSync(env.DATA_DIR) };
}

describe('a source that is pushed to, which nothing can reach,', () => {
  test.each(['check', 'once'] as const)('is refused by %s, with what to do', async (name) => {
    const { stderr, code, hasData } = await run(name);
    expect([code, hasData]).toEqual([exitCodes.config, false]);
    expect(stderr).toContain('sources.siem is of type "pushed"');
    expect(stderr).toContain('Take this source out, or use a type that Tocsin polls.');
  });

  test('is a problem for programs, too', async () => {
    const { stdout, code } = await run('check', '--json');
    expect(code).toBe(exitCodes.config);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ where: 'sources.siem' }] });
  });

  test('is refused by serve before anything is opened', async () => {
    const { env, directory } = setUp();
    const config = loadConfig({ env, directory, registries });
    await expect(startService(config, { log: quiet, registries })).rejects.toThrow(ConfigError);
    expect(existsSync(env.DATA_DIR)).toBe(false);
  });
});
