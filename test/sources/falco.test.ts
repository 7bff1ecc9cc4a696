// The source falco: the suite of all sources over what Falco and Falcosidekick send.
import { expect, test } from 'vitest';
import { falco } from '../../src/sources/falco.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const idOf = (body: string) => eventsOf(falco, body)[0]!.externalId;
const shell = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);

describePushSource(falco, {
  config: { ...falco.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    {
      name: 'by its own output',
      body: sample('falco/http-output'),
      events: [[shell, 'Terminal shell in container']],
    },
    {
      name: 'by Falcosidekick',
      body: sample('falco/falcosidekick'),
      events: [[shell, 'Terminal shell in container']],
    },
    {
      name: 'with all that can be off switched off',
      body: sample('falco/bare'),
      events: [[shell, 'Outbound connection']],
    },
    { name: 'no event', body: '{"a":1}', events: [[shell, 'UNRECOGNISED']] },
  ],
  brokenBodies: ['02:03:04.123456789: Critical Shell opened (user=root)', '[]', '5', '"text"'],
});

test('an event says where, who and what', () => {
  const [event] = eventsOf(falco, sample('falco/http-output'));
  expect(event).toMatchObject({
    ...{ severity: 5, occurredAt: '2026-03-01T02:03:04.123Z', status: null },
    body: {
      ...{
        severityRaw: 'Critical',
        trigger: 'syscall',
        user: 'root',
        techniques: [{ id: 'T1059' }],
      },
      device: { name: 'node-1', group: 'shop/web-7d9f' },
      file: { path: '/etc/shadow' },
      process: { name: 'bash', path: '/bin/bash', commandLine: 'bash -i', user: 'root' },
      parentProcess: { name: 'runc' },
    },
  });
});

test('whichever instance sends it, and how often, it is one event', () => {
  const relayed = sample('falco/falcosidekick');
  expect(idOf(relayed.replace('6a1f0c9e', '11111111'))).toBe(idOf(relayed));
});

test.each([
  ['a nanosecond later', '456789Z', '456790Z'],
  ['on another host', '"hostname": "node-1"', '"hostname": "node-2"'],
  ['by another rule', 'Terminal shell', 'Other shell'],
  ['of another container', '"web"', '"db"'],
])('%s, it is another event', (_, from, to) => {
  const body = sample('falco/http-output');
  expect(body).toContain(from);
  expect(idOf(body.replace(from, to))).not.toBe(idOf(body));
});

test.each([
  ['Emergency', 5],
  ['Alert', 5],
  ['Critical', 5],
  ['Error', 4],
  ['Warning', 3],
  ['Notice', 2],
  ['Informational', 1],
  ['Debug', 1],
  ['Grave', 0],
])('the priority %s is %i', (priority, severity) => {
  const body = sample('falco/bare').replace('Notice', priority);
  expect(eventsOf(falco, body)[0]?.severity).toBe(severity);
});

test('a priority can mean something else', () => {
  const map = { severity_map: { notice: 'HIGH' } };
  expect(eventsOf(falco, sample('falco/bare'), map)[0]?.severity).toBe(4);
});

test('a field that the event has not is no fact, and neither is a connection a file', () => {
  const fields = { 'user.name': '<NA>', 'fd.name': '192.0.2.1:1->192.0.2.2:2', 'proc.name': null };
  const body = { ...JSON.parse(sample('falco/bare')), output_fields: fields };
  expect(eventsOf(falco, body)[0]?.body).toEqual({
    ...{ severityRaw: 'Notice', trigger: 'syscall', device: { name: 'node-1' } },
  });
});
