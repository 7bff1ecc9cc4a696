// The sink jira: the suite of all sinks for both editions, and what Jira's answers mean.
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../../src/kit/incident.ts';
import type { Message } from '../../../src/kit/sink.ts';
import { jira } from '../../../src/sinks/jira/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import type { SinkHarness } from '../../contract/sink-harness.ts';
import { describeSink, type Place } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';

const token = 'the-token-of-tocsin';
const common = { token, project: 'SOC' };
const cloud = { ...common, username: 'tocsin@example.com' };
const dataCenter = { ...common, edition: 'data_center' };
/** An issue, and a comment, of which only the id is read. */
const created = JSON.stringify({ key: 'SOC-41', id: '10041' });

interface Sent {
  readonly fields?: { readonly summary: string; readonly description: unknown };
  readonly body?: unknown;
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;
const textOf = (value: unknown) =>
  typeof value === 'string' || value === undefined ? (value ?? '') : JSON.stringify(value);
const isSearch = ({ target }: Received) => /\/search(\/jql)?$/.test(target);
const issueOf = ({ target }: Received) => /\/issue\/([^/]+)/.exec(target)?.[1];
const may = JSON.stringify({ permissions: { CREATE_ISSUES: { havePermission: true } } });

function harnessOf(as: string, config: object, syntax: Place['syntax']): SinkHarness {
  return {
    as,
    config: (url) => ({ url, ...config }),
    success: { status: 201, body: created },
    lookup(request) {
      if (isSearch(request)) return { status: 200, body: '{"issues":[]}' };
      if (request.target.endsWith('/comment')) return undefined;
      return request.method === 'GET' ? { status: 200, body: may } : undefined;
    },
    reads(request) {
      const { fields, body } = read(request);
      return [
        {
          ...{ where: 'the summary', syntax: 'text with links', isSummary: true },
          text: fields?.summary ?? '',
        },
        { where: 'the text', syntax, text: textOf(fields?.description ?? body) },
      ];
    },
    exceeded(request) {
      const { fields, body } = read(request);
      const [summary, text] = [fields?.summary ?? '', textOf(fields?.description ?? body)];
      return [
        ...(summary.length > 255 ? [`a summary of ${summary.length}`] : []),
        ...(text.length > 32_767 ? [`a text of ${text.length}`] : []),
      ];
    },
    remote: {
      sample: 'SOC-41',
      target: issueOf,
      isReply: ({ target }) => target.endsWith('/comment'),
      exceptions: { 404: { outcome: 'reject_event', reason: 'gone', why: 'it names one issue' } },
    },
  };
}

describeSink(jira, harnessOf('cloud', cloud, 'jira document'));
describeSink(jira, harnessOf('data_center', dataCenter, 'jira wiki'));

async function start(settings: object = cloud, known: object[] = []) {
  const farEnd = await startFarEnd((request, response) => {
    if (isSearch(request)) response.end(JSON.stringify({ issues: known }));
    else response.writeHead(201).end(created);
  });
  const config = jira.config.parse({ url: `${farEnd.origin}/jira/`, ...settings });
  const sink = jira.create(config, adapterContext());
  const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
  return { farEnd, sink, context };
}
const message = messageOf(storedEvent({ id: 17, severity: 5 }));
const inState = (kind: IncidentState): Message => ({
  ...message,
  card: { ...message.card, state: { kind, text: [] } },
});
const told = ({ method, target }: Received) => `${method} ${target}`;

describe('an issue', () => {
  test('is looked for, then created with a label that names its event', async () => {
    const settings = { ...cloud, priorities: { CRITICAL: 'Highest' }, labels: ['edr'] };
    const { farEnd, sink, context } = await start(settings);
    expect(await sink.send(message, context)).toMatchObject({ remoteId: 'SOC-41' });
    expect(farEnd.received.map(told)).toEqual([
      'POST /jira/rest/api/3/search/jql',
      'POST /jira/rest/api/3/issue',
    ]);
    expect(JSON.parse(farEnd.received[0]!.body)).toMatchObject({
      jql: 'project = "SOC" AND labels = "tocsin:17" ORDER BY created ASC',
    });
    expect(read(farEnd.received[1]!).fields).toMatchObject({
      ...{ project: { key: 'SOC' }, issuetype: { name: 'Task' }, priority: { name: 'Highest' } },
      labels: ['edr', 'tocsin:17', 'delivery-d-1'],
      description: { version: 1, type: 'doc' },
    });
    const { authorization } = farEnd.received[1]!.headers;
    const basic = Buffer.from(`tocsin@example.com:${token}`).toString('base64');
    expect(authorization).toBe(`Basic ${basic}`);
  });

  test('of Data Center has wiki text, by the second API and a token of its own', async () => {
    const { farEnd, sink, context } = await start(dataCenter);
    await sink.send(message, context);
    expect(farEnd.received.map(told)).toEqual([
      'POST /jira/rest/api/2/search',
      'POST /jira/rest/api/2/issue',
    ]);
    expect(farEnd.received[1]!.headers.authorization).toBe(`Bearer ${token}`);
    expect(read(farEnd.received[1]!).fields?.description).toMatch(/^\{noformat\}\n/);
  });

  test('that was created before is found', async () => {
    const { farEnd, sink, context } = await start(cloud, [{ id: '10007', key: 'SOC-7' }]);
    expect(await sink.send(message, context)).toEqual({ remoteId: 'SOC-7', isEarlier: true });
    expect(farEnd.received).toHaveLength(1);
  });
});

describe('a state', () => {
  const possible = JSON.stringify({
    transitions: [
      { id: '11', name: 'Start', to: { name: 'In Progress' } },
      { id: '31', name: 'Done', to: { name: 'Closed' } },
    ],
  });
  async function moved(transitions: object, kind: IncidentState) {
    const all = await start({ ...cloud, transitions });
    all.farEnd.answering(({ method }, response) => {
      if (method === 'GET') response.end(possible);
      else response.writeHead(204).end();
    });
    await all.sink.edit!('SOC-41', inState(kind), all.context);
    return all.farEnd.received;
  }

  test.each([
    ['done', '31'],
    ['In Progress', '11'],
  ])('takes the transition %s by its name or its end', async (resolved, id) => {
    const received = await moved({ resolved }, 'resolved');
    expect(received.map(told)).toEqual([
      'PUT /jira/rest/api/3/issue/SOC-41',
      'GET /jira/rest/api/3/issue/SOC-41/transitions',
      'POST /jira/rest/api/3/issue/SOC-41/transitions',
    ]);
    expect(JSON.parse(received[2]!.body)).toEqual({ transition: { id } });
  });

  test('that the issue cannot take now, or that has none, moves nothing', async () => {
    expect(await moved({ resolved: 'Reopen' }, 'resolved')).toHaveLength(2);
    expect(await moved({ resolved: 'Done' }, 'acknowledged')).toHaveLength(1);
  });
});

describe('a refusal', () => {
  async function refused(status: number, body: object, isOfSearch = false) {
    const { farEnd, sink, context } = await start();
    farEnd.answering((request, response) => {
      if (isSearch(request) !== isOfSearch) response.end('{"issues":[]}');
      else response.writeHead(status).end(JSON.stringify(body));
    });
    return await adapterError(Promise.resolve(sink.send(message, context)));
  }

  test.each([
    [{ errors: { issuetype: 'valid issue type is required' } }, 'reject_sink', 'bad_config'],
    [{ errors: { priority: 'cannot be set' } }, 'reject_sink', 'bad_config'],
    [{ errors: { description: 'is too long' } }, 'reject_event', 'rejected'],
    [{ errorMessages: ['no'] }, 'reject_event', 'rejected'],
  ])('%j is %s, %s', async (body, outcome, reason) => {
    expect(await refused(400, body)).toMatchObject({ outcome, reason });
  });

  test('of the search is about the project', async () => {
    expect(await refused(400, {}, true)).toMatchObject({ reason: 'bad_config' });
  });
});

test('check asks whether issues may be created', async () => {
  const { farEnd, sink, context } = await start();
  farEnd.answering((_request, response) => void response.end(may));
  await sink.check!(context.signal);
  expect(told(farEnd.received[0]!)).toBe(
    'GET /jira/rest/api/3/mypermissions?projectKey=SOC&permissions=CREATE_ISSUES',
  );
  farEnd.answering((_request, response) => void response.end(may.replace('true', 'false')));
  expect(await adapterError(sink.check!(context.signal))).toMatchObject({ reason: 'auth' });
});

test('Cloud wants a user', () => {
  const { error } = jira.config.safeParse({ url: 'https://example.atlassian.net', ...common });
  expect(error?.issues[0]?.path).toEqual(['username']);
});
