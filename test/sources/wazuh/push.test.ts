// The source wazuh: the suite of all sources over what the integrations of 4.x and a monitor of 5.x
// send, and the two files that we ship for them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { wazuh } from '../../../src/sources/wazuh/index.ts';
import { describePushSource } from '../../contract/push-suite.ts';
import { eventsOf, sample } from '../../support/pushed-samples.ts';
import { readProjectFile } from '../../tree/project-files.ts';

const brute = 'sshd: brute force trying to get access to the system.';

describePushSource(wazuh, {
  config: { ...wazuh.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    {
      name: 'an alert as it is',
      body: sample('wazuh/alert'),
      events: [['manager-1/1772330584.123456', brute]],
    },
    {
      name: 'by the stock script',
      body: sample('wazuh/shuffle'),
      events: [['manager-1/1772330584.123456', brute]],
    },
    {
      name: 'of a cluster',
      body: sample('wazuh/syscheck'),
      events: [['worker-1/1772330600.7', 'File added to the system.']],
    },
    {
      name: 'findings of 5.x with one that is none',
      body: sample('wazuh/monitor'),
      events: [
        ['Zk3aVpUB', 'Brute force on SSH'],
        ['Zk3aVpUC', 'Login outside of hours'],
        [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'],
      ],
    },
    { name: 'a monitor without findings', body: '{"results":[{"hits":{"hits":[]}}]}', events: [] },
    {
      name: 'a monitor with an answer that is none',
      body: '{"results":[{"error":"x"}]}',
      events: [[expect.stringMatching(/^sha256:/), 'UNRECOGNISED']],
    },
    {
      name: 'no alert',
      body: '{"a":1}',
      events: [[expect.stringMatching(/^sha256:/), 'UNRECOGNISED']],
    },
  ],
  brokenBodies: ['[]', '5', 'null', '"an alert"'],
});

test('an alert says where, who and what', () => {
  const [event] = eventsOf(wazuh, sample('wazuh/alert'));
  expect(event).toMatchObject({
    ...{ severity: 3, occurredAt: '2026-03-01T02:03:04.567Z' },
    body: {
      ...{
        severityRaw: '10',
        trigger: '5712',
        threatType: 'syslog, sshd, authentication_failures',
      },
      ...{ user: 'admin', remoteIp: '198.51.100.7', techniques: [{ id: 'T1110' }] },
      ...{ itemId: '1772330584.123456', device: { id: '001', name: 'web-1', ip: '192.0.2.11' } },
      description: expect.stringContaining('Failed password'),
    },
  });
});

test('a changed file is named', () => {
  const [event] = eventsOf(wazuh, sample('wazuh/syscheck'));
  expect(event?.body.file).toEqual({ path: '/etc/cron.d/x', hash: 'ab'.repeat(32) });
});

test('a finding of 5.x says where and what', () => {
  const [event] = eventsOf(wazuh, sample('wazuh/monitor'));
  expect(event).toMatchObject({
    ...{ severity: 4, occurredAt: '2026-03-01T02:03:04.567Z' },
    body: {
      ...{ severityRaw: 'high', trigger: 'r-1', threatType: 'sshd', file: { path: '/etc/passwd' } },
      device: { id: '001', name: 'web-1', os: 'Debian' },
    },
  });
});

test.each([
  [0, 1],
  [2, 1],
  [3, 2],
  [6, 2],
  [7, 3],
  [11, 3],
  [12, 4],
  [14, 4],
  [15, 5],
  [16, 5],
  [17, 0],
])('the level %i is %i', (level, severity) => {
  const body = sample('wazuh/alert').replace('"level": 10', `"level": ${level}`);
  expect(eventsOf(wazuh, body)[0]?.severity).toBe(severity);
});

test('a level can mean something else', () => {
  const more = { severity_map: { '10': 'CRITICAL' } };
  expect(eventsOf(wazuh, sample('wazuh/alert'), more)[0]?.severity).toBe(5);
});

test('two managers that count alike report two alerts', () => {
  const body = sample('wazuh/alert');
  const other = body.replace('manager-1', 'manager-2');
  expect(eventsOf(wazuh, other)[0]?.externalId).not.toBe(eventsOf(wazuh, body)[0]?.externalId);
});

test('the template for 5.x sends what the source reads', () => {
  const { results } = JSON.parse(sample('wazuh/monitor')) as { results: unknown };
  const template = readProjectFile('examples/wazuh/monitor.mustache');
  const place = '{{#toJson}}ctx.results{{/toJson}}';
  expect(template.split(place)).toHaveLength(2);
  const body = template.replace(place, () => JSON.stringify(results));
  expect(eventsOf(wazuh, body).map(({ externalId }) => externalId)).toEqual(
    eventsOf(wazuh, sample('wazuh/monitor')).map(({ externalId }) =>
      externalId.startsWith('sha256:') ? expect.stringMatching(/^sha256:/) : externalId,
    ),
  );
});

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** What the script posts to a server that gives these answers, and how it ends. */
async function postedBy(script: string, statuses: readonly number[]) {
  const seen: { authorization: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.writeHead(statuses[seen.length] ?? 202).end();
    const { authorization } = request.headers;
    seen.push({ authorization, body: Buffer.concat(chunks).toString() });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/wazuh`;
  const argv = [file(script), file('test/fixtures/wazuh/alert.json'), 'the-key', url];
  const [code] = (await once(spawn('sh', argv, { stdio: 'ignore' }), 'close')) as [number];
  return { code, seen };
}

const alert = { authorization: 'Bearer the-key', body: sample('wazuh/alert') };

test('the script for 4.x posts the alert as it is', async () => {
  const { code, seen } = await postedBy('examples/wazuh/custom-tocsin', [202]);
  expect({ code, seen }).toEqual({ code: 0, seen: [alert] });
});

test('the script for 4.x tries again what was not stored', { timeout: 60_000 }, async () => {
  const { code, seen } = await postedBy('examples/wazuh/custom-tocsin', [503, 202]);
  expect({ code, seen }).toEqual({ code: 0, seen: [alert, alert] });
});

test('the script for 4.x fails where the secret is wrong, and does not go on', async () => {
  const { code, seen } = await postedBy('examples/wazuh/custom-tocsin', [401]);
  expect(code).not.toBe(0);
  expect(seen).toHaveLength(1);
});
