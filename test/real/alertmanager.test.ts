// Alertmanager itself at both ends: the sink alertmanager sends it alerts, and it sends alerts to the
// source alertmanager of a whole service.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { alertmanager } from '../../src/sinks/alertmanager.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { createWorld, until } from '../support/world.ts';
import { hostileEvent, hostileText } from './hostile.ts';
import { describeReal, findProgram, program, RealServer, serverFolder } from './real-server.ts';

/** Debian's package names it so. */
const names = ['alertmanager', 'prometheus-alertmanager'];
const name = names.find((one) => findProgram(one) !== undefined) ?? 'alertmanager';

const access = { username: 'tocsin', token: 'the-password-of-tocsin' };
/** Of that password, by bcrypt. */
const hash = '$2b$04$61etDvbCRnrQFLjMLn9kMuDq6mwbfffjJSCZ0Nqq4Nkp4aL4rBmLq';
const authorization = `Basic ${btoa(`${access.username}:${access.token}`)}`;
const secret = 'a-secret-of-32-random-characters';

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status?: { readonly state: string };
}

/** @param hook where it sends what fires */
async function startAlertmanager(hook: string) {
  const folder = serverFolder('alertmanager');
  const origin = `http://127.0.0.1:${await closedPort()}`;
  const file = (path: string, content: object) => {
    // JSON is YAML as well.
    writeFileSync(join(folder, path), JSON.stringify(content));
    return join(folder, path);
  };
  const receiver = {
    name: 'tocsin',
    webhook_configs: [
      { url: hook, max_alerts: 0, http_config: { authorization: { credentials: secret } } },
    ],
  };
  const pace = { group_wait: '1s', group_interval: '1s', repeat_interval: '1h' };
  const config = { route: { receiver: 'tocsin', ...pace }, receivers: [receiver] };
  const call = async (path: string, body?: readonly object[]) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const post = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${origin}/api/v2/${path}`, { headers, ...post });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return text;
  };
  const server = new RealServer({
    program: program(name),
    args: [
      `--config.file=${file('alertmanager.yml', config)}`,
      `--web.config.file=${file('web.yml', { basic_auth_users: { [access.username]: hash } })}`,
      `--web.listen-address=${new URL(origin).host}`,
      `--storage.path=${folder}`,
      '--cluster.listen-address=',
    ],
    isReady: () => call('status'),
  });
  await server.start();
  return { origin, server, call, alerts: async () => JSON.parse(await call('alerts')) as Alert[] };
}

describeReal('Alertmanager', { programs: [name] }, () => {
  test('has each incident once, with every text as it was, until it is resolved', async () => {
    const nowhere = `http://127.0.0.1:${await closedPort()}/hooks/am`;
    const { origin, server, alerts } = await startAlertmanager(nowhere);
    // Our clock is ahead of its own.
    const now = () => Date.now() + 30_000;
    const sinkOf = (settings: object) =>
      alertmanager.create(alertmanager.config.parse({ url: origin, ...settings }), {
        ...adapterContext(),
        now,
      });
    const sink = sinkOf({ ...access, labels: { team: 'soc' } });
    const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };
    await sink.check!(context.signal);
    const message = messageOf(hostileEvent(), {}, sink);
    const { remoteId } = (await sink.send(message, context))!;
    await sink.send(message, { ...context, attempt: 2 });
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      labels: { alertname: 'Tocsin', severity: 'high', incident: 'tocsin:4711', team: 'soc' },
      annotations: { delivery_id: 'soc-1' },
    });
    const { summary = '', description = '' } = alert!.annotations;
    expect(description).toContain('<script>alert(1)</script>');
    for (const obeyed of ['https://evil.example', '\u202E', '\u001B', '\0'])
      expect(`${summary}${description}`).not.toContain(obeyed);

    for (const wrong of [{ ...access, token: 'wrong' }, { token: access.token }, {}]) {
      const refused = { outcome: 'reject_sink', reason: 'auth' };
      const other = sinkOf(wrong);
      expect(await adapterError(other.send(message, context))).toMatchObject(refused);
      expect(await adapterError(other.check!(context.signal))).toMatchObject(refused);
    }

    await server.kill();
    const away = await adapterError(sink.send(message, context));
    expect(away).toMatchObject({ outcome: 'retry', reason: 'connection' });
    await server.start();
    await sink.send(message, { ...context, attempt: 2 });
    expect(await alerts()).toMatchObject([{ annotations: { delivery_id: 'soc-1' } }]);
    const over = { ...message.card, state: { kind: 'resolved' as const, text: [] } };
    await sink.edit!(remoteId!, { ...message, card: over }, context);
    await vi.waitFor(async () => expect(await alerts()).toEqual([]), { timeout: 30_000 });
  });

  test('has its alerts announced once each, also those of a time when nobody listened', async () => {
    const port = await closedPort();
    const hook = `http://127.0.0.1:${port}/hooks/alerts`;
    const { call } = await startAlertmanager(hook);
    const world = await createWorld({ database: 'embedded' });
    const { mattermost } = world;
    const channel = 'security-alerts';
    const { token } = mattermost.addBot('tocsin', { channels: [channel] });
    const soc = {
      type: 'mattermost_bot',
      url: mattermost.url,
      token,
      channel: `secops/${channel}`,
    };
    const configuration = {
      sources: { alerts: { type: 'alertmanager', proof: 'header', secret } },
      sinks: { soc },
    };
    const file = join(world.environment.DATA_DIR!, '..', 'tocsin.yaml');
    writeFileSync(file, JSON.stringify(configuration));
    const start = () => world.start('data', { TOCSIN_CONFIG: file, PORT: String(port) });
    const fire = (alertname: string, endsAt = new Date(Date.now() + 3_600_000)) =>
      call('alerts', [
        {
          labels: { alertname, severity: 'critical', instance: 'node-1', note: hostileText },
          annotations: { summary: hostileText },
          startsAt: '2026-03-01T02:03:04.567Z',
          endsAt: endsAt.toISOString(),
        },
      ]);
    const cards = (...words: string[]) =>
      mattermost.posts
        .filter(({ rootId }) => rootId === undefined)
        .map((post) => JSON.stringify(post))
        .filter((post) => words.every((word) => post.includes(word)));
    const isThere = (...words: string[]) => until(() => cards(...words).length > 0, 60_000);

    const service = start();
    await service.ready();
    await fire('FirstAlert');
    expect(await isThere('FirstAlert')).toBe(true);
    expect(await service.end('SIGKILL')).toBe(null);
    await fire('SecondAlert');
    await start().ready();
    expect(await isThere('SecondAlert')).toBe(true);
    await fire('FirstAlert', new Date(Date.now() - 1_000));
    expect(await isThere('FirstAlert', 'Resolved')).toBe(true);
    for (const name of ['FirstAlert', 'SecondAlert']) expect(cards(name)).toHaveLength(1);
    expect(cards('\u202E')).toEqual([]);
  });
});
