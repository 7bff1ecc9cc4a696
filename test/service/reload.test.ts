// Another configuration, from the reading to the takeover: as a whole, or not at all.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Config, loadConfig } from '../../src/config/index.ts';
import type { FilesRead } from '../../src/kit/files.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { type ReloadDependencies, startReloading } from '../../src/service/reload.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { until } from '../support/world.ts';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

function begin(more: Partial<ReloadDependencies> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-reload-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write = (yaml: string) => writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  write('{}');
  const env: Record<string, string> = {
    MATTERMOST_WEBHOOK_URL: 'http://127.0.0.1:9/hooks/abcdefghijklmnopqrstuvwxyz',
    DEEPINSTINCT_URL: 'http://127.0.0.1:9',
    TOKENS_KEY: 'key-of-an-api-connector',
    DATA_DIR: directory,
    TOCSIN_CONFIG: 'tocsin.yaml',
  };
  const registries = { sources, sinks };
  const reread = (files: FilesRead) => loadConfig({ env, directory, registries, files });
  const files: FilesRead = new Map();
  let running = reread(files);
  const taken: Config[] = [];
  const lines: Line[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const metrics = createMetrics({ version: 't', sources: [], sinks: [], roles: [] });
  const reloading = startReloading({
    ...{ files, reread, metrics, running: () => running },
    log: createLogger({ level: 'info', secrets: [], destination }),
    async takeOver(next) {
      taken.push(next);
      running = next;
      return undefined;
    },
    ...more,
  });
  onTestFinished(() => reloading.stop());
  const successful = async () =>
    /last_reload_successful (\d)/.exec(await metrics.expose())?.[1] ?? 'none';
  /** Asks, and waits until something was said of it. */
  async function reload(): Promise<Line> {
    const before = lines.length;
    reloading.now();
    expect(await until(() => lines.length > before, 10_000)).toBe(true);
    return lines[before]!;
  }
  /** Asks, and waits until the configuration was taken over. */
  async function expectTaken(count: number) {
    reloading.now();
    expect(await until(() => taken.length === count, 10_000)).toBe(true);
    expect(await until(async () => (await successful()) === '1', 10_000)).toBe(true);
  }
  return { reloading, env, write, reload, expectTaken, taken, lines, successful };
}

test('what has changed is taken over, and what has not is said and left alone', async () => {
  const { write, reload, expectTaken, taken } = begin();
  expect(await reload()).toMatchObject({ msg: expect.stringContaining('nothing has changed') });
  expect(taken).toEqual([]);
  write('polling_interval: 9s');
  await expectTaken(1);
  expect(taken[0]!.pollingIntervalSeconds).toBe(9);
  expect(await reload()).toMatchObject({ msg: expect.stringContaining('nothing has changed') });
});

describe('refused as a whole is a configuration that', () => {
  test('is wrong, with all that is wrong in it; the next right one is taken over', async () => {
    const { write, reload, expectTaken, taken, successful } = begin();
    write('polling_interval: soon\nlocale: tlh');
    expect(await reload()).toMatchObject({
      level: 'error',
      remedy: 'correct what is listed',
      problems: [expect.stringContaining('polling_interval'), expect.stringContaining('locale')],
    });
    expect([taken, await successful()]).toEqual([[], '0']);
    write('polling_interval: 9s');
    await expectTaken(1);
  });

  test('only a restart can take over', async () => {
    const { env, write, reload, taken, successful } = begin();
    env.PORT = '9999';
    write('polling_interval: 9s');
    expect(await reload()).toMatchObject({
      remedy: 'restart, or take the change back',
      problems: ['Only a restart can change PORT.'],
    });
    expect([taken, await successful()]).toEqual([[], '0']);
  });

  test('cannot be read for a fault of ours, which is in the log', async () => {
    const { reload, taken } = begin({
      reread() {
        throw new TypeError('x is undefined');
      },
    });
    expect(await reload()).toMatchObject({
      ...{ level: 'error', remedy: 'it cannot be used', problems: [] },
      err: expect.objectContaining({ message: 'x is undefined' }),
    });
    expect(taken).toEqual([]);
  });
});

test('one that has to wait is said once, tried again, and counts as success only then', async () => {
  let tries = 0;
  const waiting = {
    takeOver: async () => {
      tries += 1;
      return tries < 3 ? 'the database is not ready' : undefined;
    },
  };
  const { reloading, write, reload, lines, successful } = begin(waiting);
  write('polling_interval: 9s');
  expect(await reload()).toMatchObject({ level: 'warn', reason: 'the database is not ready' });
  for (const count of [2, 3]) {
    expect(await successful()).not.toBe('1');
    reloading.now();
    expect(await until(() => tries === count, 10_000)).toBe(true);
  }
  expect(await until(async () => (await successful()) === '1', 10_000)).toBe(true);
  expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a change of a file is found by itself', async () => {
  const { write, taken } = begin();
  write('polling_interval: 9s');
  expect(await until(() => taken.length === 1, 15_000)).toBe(true);
});

test('after the stop nothing is read any more', async () => {
  let readings = 0;
  const { reloading } = begin({
    reread() {
      readings += 1;
      throw new Error('read');
    },
  });
  reloading.stop();
  reloading.now();
  await new Promise((resolve) => setImmediate(resolve));
  expect(readings).toBe(0);
});
