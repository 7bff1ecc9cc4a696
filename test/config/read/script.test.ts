// The variables of the script that Tocsin replaces.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listProblems } from '../../../src/cli/dispatch.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { ConfigError } from '../../../src/kit/errors.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook, three, token } from '../loader.ts';
import { registries } from '../registries.ts';

const { home, load, problemsOf } = createLoader();

describe('the three variables of the script', () => {
  it('give both streams, one sink, one route for everything, and the defaults', () => {
    const settings = { url: 'https://console.example', token, start_from: '24h' };
    expect(load({ ...three, TZ: 'Asia/Bangkok' })).toEqual({
      sources: [
        { id: 'deepinstinct_events', type: 'deepinstinct_events', settings },
        { id: 'deepinstinct_suspicious_events', type: 'deepinstinct_suspicious_events', settings },
      ],
      sinks: [{ id: 'soc', type: 'mattermost', settings: { url: hook } }],
      routes: [{ name: 'default', minSeverity: 0, to: ['soc'] }],
      operations: [],
      pollingIntervalSeconds: 300,
      databasePrepare: true,
      dataDir: join(home(), 'data'),
      retentionMs: 180 * 86_400_000,
      silenceMaxMs: 30 * 86_400_000,
      incidents: { ackExpiresMs: 8 * 3_600_000, snoozeMaxMs: 7 * 86_400_000 },
      escalationMaxAgeMs: 86_400_000,
      businessHours: [
        expect.objectContaining({ fromMinute: 540, toMinute: 1020, timeZone: 'Asia/Bangkok' }),
      ],
      recurringSilences: [],
      sinkRate: 10,
      port: 8080,
      host: '::',
      logLevel: 'info',
      locale: 'en',
      // Nothing leads anywhere until somebody says where.
      links: {},
      storm: { over: 20, passes: 0 },
      timeZone: 'Asia/Bangkok',
      proxy: {},
      access: { roles: [], isTrustedProxy: expect.any(Function) },
      ground: { registries, variables: { TZ: 'Asia/Bangkok' }, routes: [] },
      secrets: [token, hook],
      warnings: [],
      hash: expect.any(Number),
    });
  });

  it('that are missing because of a slip are reported with what was meant', () => {
    try {
      load({
        DEEPINSTINT_URL: three.DEEPINSTINCT_URL,
        TOKEN_KEY: token,
        MATTERMOST_WEBHOOK_URL: hook,
      });
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).warnings.join()).toMatch(
        /DEEPINSTINT_URL .*DEEPINSTINCT_URL.*TOKEN_KEY .*TOKENS_KEY/,
      );
      expect(listProblems(error as ConfigError)).toContain('Did you mean DEEPINSTINCT_URL?');
    }
  });

  it('are reported one by one when they are missing, with the place where their values come from', () => {
    expect(problemsOf({})).toEqual([
      {
        where: 'DEEPINSTINCT_URL',
        problem: 'is not set, so there is no console to read from',
        remedy:
          'Set it to the address of your Deep Instinct console, such as https://console.example.com',
      },
      {
        where: 'TOKENS_KEY',
        problem: 'is not set, so the console would refuse every request',
        remedy:
          'Set it to the key of an API connector: in the Deep Instinct console under Settings → Integration & Notification → API Connectors. TOKENS_KEY_FILE takes the path of a file instead',
      },
      {
        where: 'MATTERMOST_WEBHOOK_URL',
        problem: 'is not set, so there is no channel to post to',
        remedy:
          'Set it to the URL of an incoming webhook: in Mattermost under Integrations → Incoming Webhooks. MATTERMOST_WEBHOOK_URL_FILE takes the path of a file instead',
      },
    ]);
  });

  it('are missed only by commands that need them', () => {
    expect(problemsOf({}, { needs: ['database'] })).toEqual([]);
    expect(problemsOf({}, { needs: ['sinks'] }).map((p) => p.where)).toEqual([
      'MATTERMOST_WEBHOOK_URL',
    ]);
    expect(load({}, { needs: [] })).toMatchObject({ sources: [], sinks: [], routes: [{ to: [] }] });
  });

  it('that are wrong are reported by the name of the variable and its file, once for both streams', () => {
    writeFileSync(join(home(), '.env'), 'START_FROM=yesterday\nTOKENS_KEY=tiny-1 # too short\n');
    expect(
      problemsOf({ DEEPINSTINCT_URL: 'console', MATTERMOST_WEBHOOK_URL: 'https://chat.example' }),
    ).toEqual([
      {
        where: 'DEEPINSTINCT_URL',
        problem: 'this is not a URL',
        remedy: 'Expected: The address of the console',
      },
      {
        where: 'TOKENS_KEY (.env)',
        problem: 'is too short for a key',
        remedy: 'Expected: The key of an API connector',
      },
      {
        where: 'START_FROM (.env)',
        problem: 'is not a time to start from',
        remedy: 'Expected: "now", "all" or a duration such as "24h"',
      },
      {
        where: 'MATTERMOST_WEBHOOK_URL',
        problem: 'is not the URL of a webhook',
        remedy: 'Expected: https://…/hooks/…',
      },
    ]);
  });

  it.each([
    ['2999-01-01', true],
    ['2999-01-01 08:00', true],
    ['2999-01-01t08:00:00.5+07:00', true],
    ['2020-01-01', false],
    ['24h', false],
    ['999999999', false],
  ])('say what START_FROM=%s means if it is in the future', (startFrom, isFuture) => {
    writeFileSync(join(home(), '.env'), `START_FROM=${startFrom}\n`);
    const config = loadConfig({
      env: three,
      directory: home(),
      registries: { ...registries, sources },
    });
    expect(config.sources).toHaveLength(2);
    expect(config.warnings).toEqual(
      isFuture
        ? [
            `START_FROM (.env): ${startFrom} is in the future, which means the same as "now": nothing that is in the console at the very first start is announced, and everything that comes after it is.`,
          ]
        : [],
    );
  });

  it('say the same of a start in the future that stands in tocsin.yaml', () => {
    const text =
      'sources:\n  di: { type: deepinstinct_events, url: https://c.example, token: key1, start_from: 2999-01-01 }\n';
    writeFileSync(join(home(), 'tocsin.yaml'), text);
    const env = { TOCSIN_CONFIG: 'tocsin.yaml' };
    const { warnings } = loadConfig({
      env,
      directory: home(),
      registries: { ...registries, sources },
      needs: [],
    });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^tocsin\.yaml:2:73 sources\.di\.start_from: 2999-01-01 is in the future, which means/,
      ),
    ]);
  });

  it('lose the word "Bearer" in front of the key, with a warning', () => {
    const config = load({ ...three, TOKENS_KEY: `Bearer ${token}` });
    expect(config.sources[0]?.settings).toMatchObject({ token });
    expect(config.warnings).toEqual([
      'TOKENS_KEY: "Bearer " was taken off; the console wants the key alone.',
    ]);
    expect(config.secrets).toContain(token);
  });

  it('may come from files', () => {
    writeFileSync(join(home(), 'hook'), `${hook}\n`);
    const config = load({
      ...three,
      MATTERMOST_WEBHOOK_URL: undefined,
      MATTERMOST_WEBHOOK_URL_FILE: 'hook',
    });
    expect(config.sinks[0]?.settings).toEqual({ url: hook });
    expect(config.secrets).toContain(hook);
  });

  it('in a file that cannot be read are one problem, not also missing', () => {
    const env = { ...three, TOKENS_KEY: undefined, TOKENS_KEY_FILE: 'nothing' };
    expect(problemsOf(env).map((p) => p.where)).toEqual(['TOKENS_KEY_FILE']);
  });
});
