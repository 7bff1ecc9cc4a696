// Somebody is called through PagerDuty by a step of an escalation, and takes the incident there: its
// signed message changes the card in the chat. What happens here afterwards happens there.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Post } from '../../simulators/mattermost/post.ts';
import { changeIncident } from '../../src/core/incidents/change.ts';
import { openPostgres } from '../../src/store/database.ts';
import { startFarEnd } from '../support/far-end.ts';
import { createWorld, until } from '../support/world.ts';

const secret = 'the-secret-of-the-subscription';

interface Sent {
  readonly event_action: string;
  readonly dedup_key: string;
}

/** As the webhook of a subscription says that Ana acknowledged the incident. */
function acknowledged(key: string, id = 'e1'): string {
  const agent = { id: 'P1', type: 'user_reference', summary: 'Ana' };
  const data = { id: 'Q1', type: 'incident', incident_key: key, status: 'acknowledged' };
  return JSON.stringify({ event: { id, event_type: 'incident.acknowledged', agent, data } });
}

test('who is called takes it there, and the card says so; resolved here is resolved there', {
  timeout: 180_000,
}, async () => {
  const events = await startFarEnd((request, response) => {
    const { dedup_key } = JSON.parse(request.body) as Sent;
    response.writeHead(202).end(JSON.stringify({ status: 'success', message: 'ok', dedup_key }));
  });
  const sent = () => events.received.map(({ body }) => JSON.parse(body) as Sent);
  const actions = () => sent().map(({ event_action: action }) => action);
  const { world, address, db } = await start(`${events.origin}/v2/enqueue`);
  const cards = () => cardsOf(world.mattermost.posts);
  const says = (text: RegExp) => () => text.test(cards()[0]?.text ?? '');
  world.tenant.add('events', 1, { severity: 'HIGH' });
  // The step comes ten seconds after the card.
  expect(await until(() => actions().includes('trigger'), 90_000)).toBe(true);
  expect(await until(says(/Escalated to `pager`/), 30_000)).toBe(true);

  const { dedup_key: key } = sent()[0]!;
  const hook = async (body: string, signature: string) => {
    const headers = { 'x-pagerduty-signature': signature };
    const answer = await fetch(`${address}/hooks/duty`, { method: 'POST', body, headers });
    return answer.status;
  };
  const body = acknowledged(key);
  const seal = `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
  expect(await hook(acknowledged(key, 'e2'), seal)).toBe(401);
  expect(await hook(body, seal)).toBe(202);
  expect(await until(says(/Acknowledged by `Ana`/), 60_000)).toBe(true);
  expect(await until(() => actions().includes('acknowledge'), 60_000)).toBe(true);

  const [row] = await db.$client`select event_id::int from incidents`;
  const wanted = { kind: 'resolved' } as const;
  await changeIncident(db, { eventId: row!.event_id, wanted, actor: 'bo', via: 'api' });
  expect(await until(() => actions().includes('resolve'), 60_000)).toBe(true);
  expect(await until(says(/Resolved by `bo`/), 60_000)).toBe(true);
  expect(new Set(sent().map(({ dedup_key }) => dedup_key))).toEqual(new Set([key]));
  expect(cards()).toHaveLength(1);
  const audited = await db.$client`select actor, via, operation from audit_log order by id`;
  expect(audited.map((one) => [one.actor, one.via, one.operation])).toContainEqual([
    'Ana',
    'pagerduty',
    'incident-acknowledge',
  ]);
});

/** Neither notices nor what stands below a card. */
const cardsOf = (posts: readonly Post[]) =>
  posts.filter(
    ({ rootId, attachments: [first] }) =>
      rootId === undefined && first?.title?.startsWith('Event ID'),
  );

async function start(url: string) {
  const world = await createWorld({
    database: 'postgres',
    environment: {
      TOCSIN_CONFIG: 'tocsin.yaml',
      POLLING_INTERVAL: '1',
      MATTERMOST_WEBHOOK_URL: '',
    },
  });
  const { mattermost, tenant } = world;
  const channel = 'security-alerts';
  const bot = mattermost.addBot('tocsin', { channels: [channel] });
  const configuration = {
    sources: {
      di: { type: 'deepinstinct_events', url: tenant.url, token: tenant.token, start_from: 'all' },
      duty: { type: 'pagerduty', secret },
    },
    sinks: {
      soc: {
        ...{ type: 'mattermost_bot', url: mattermost.url, token: bot.token },
        channel: `secops/${channel}`,
      },
      pager: { type: 'pagerduty', routing_key: '0123456789abcdef0123456789abcdef', url },
    },
    routes: [
      {
        ...{ name: 'all', match: { streams: ['event'] }, to: ['soc'] },
        escalate: [{ after: '10s', to: ['pager'] }],
      },
    ],
  };
  // JSON is YAML as well.
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, JSON.stringify(configuration));
  const db = openPostgres({ url: world.databaseUrl!, prepare: true });
  onTestFinished(() => db.$client.end({ timeout: 5 }));
  const service = world.start();
  await service.ready();
  return { world, db, address: await service.address };
}
