// The service as a bot of a simulated Slack: cards follow their incidents, threads are told, and a
// card that was posted right before the process was killed does not come twice.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { type SlackMessage, startSlack } from '../../simulators/slack/index.ts';
import { cardsOf, methodsOf, textOf } from '../sinks/slack/bot/bots.ts';
import { createWorld, until, type World } from '../support/world.ts';

const channel = 'soc-alerts';

test('an incident that is acknowledged, noted and resolved changes its card and tells its thread', {
  timeout: 240_000,
}, async () => {
  const { world, card, cards, thread } = await setUp();
  world.tenant.add('events', 1);
  await world.start().ready();
  expect(await until(() => thread().length === 1, 60_000)).toBe(true);
  const first = card();
  const [details] = thread();
  expect(textOf(details!)).toContain('*File Hash*');

  await incident(world, 'ack', first, ['--note', 'on it']);
  expect(await until(() => /^Acknowledged by/m.test(textOf(card())), 30_000)).toBe(true);
  expect(await until(() => thread().length === 2, 30_000)).toBe(true);
  expect(textOf(thread()[1]!)).toMatch(/acknowledged by `.+` via cli.*on it/);

  await incident(world, 'note', first, ['--text', 'asked the owner']);
  expect(await until(() => thread().length === 3, 60_000)).toBe(true);
  expect(textOf(thread()[2]!)).toContain('asked the owner');

  await incident(world, 'resolve', first);
  expect(await until(() => /^Resolved by/m.test(textOf(card())), 60_000)).toBe(true);
  expect(await until(() => thread().length === 4, 30_000)).toBe(true);
  expect(textOf(thread()[3]!)).toMatch(/resolved by `.+` via cli/);
  expect(textOf(card())).not.toMatch(/^Acknowledged by/m);
  // In place: the same message, with the same mark, and its details as they were.
  expect(card()).toMatchObject({ ts: first.ts, metadata: first.metadata });
  expect(thread()[0]).toEqual(details);
  expect(cards()).toHaveLength(1);
});

test('a card whose answer the process did not live to see is found, and follows its incident', {
  timeout: 240_000,
}, async () => {
  const { world, slack, card, cards, thread } = await setUp();
  const isCard = (body: string, call: string) =>
    call === 'POST chat.postMessage' && body.includes('Event ID') && !body.includes('thread_ts');
  slack.fail('hang_after', 1, isCard);
  world.tenant.add('events', 1);
  const service = world.start();
  await service.ready();
  expect(await until(() => cards().length === 1, 60_000)).toBe(true);
  const first = card();
  await service.end('SIGKILL');
  expect(thread()).toEqual([]);

  // The next one follows at once, while the event is fresh; here however slow the machine is.
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end({ timeout: 0 }));
  await sql`update events set received_at = now() + interval '30 seconds' where source <> 'tocsin'`;
  await world.start().ready();
  expect(await until(() => thread().length === 1, 30_000)).toBe(true);
  expect(methodsOf(slack)).toContain('conversations.history');
  // Only a card whose id was kept can be edited.
  await incident(world, 'ack', first);
  expect(await until(() => /^Acknowledged by/m.test(textOf(card())), 60_000)).toBe(true);
  expect(cards().map(({ ts }) => ts)).toEqual([first.ts]);
});

/** A tenant and a workspace, and a configuration that joins them. */
async function setUp() {
  const slack = await startSlack();
  onTestFinished(() => slack.close());
  const bot = slack.addBot('tocsin', { channels: [channel] });
  const world = await createWorld({
    database: 'postgres',
    environment: {
      TOCSIN_CONFIG: 'tocsin.yaml',
      POLLING_INTERVAL: '1',
      MATTERMOST_WEBHOOK_URL: '',
    },
  });
  const settings = { url: slack.url, token: bot.token, channel: slack.channelId(channel) };
  const soc = JSON.stringify({ type: 'slack_bot', ...settings });
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    `sinks: { soc: ${soc} }\nroutes: [{ name: all, match: { streams: [event] }, to: [soc] }]\n`,
  );
  /** Of events, without notices. */
  const cards = () => cardsOf(slack).filter((message) => textOf(message).includes('Event ID'));
  const card = () => cards()[0]!;
  /** Below the card, oldest first. */
  const thread = () =>
    slack.messages.filter(({ threadTs }) => threadTs !== undefined && threadTs === card()?.ts);
  return { world, slack, cards, card, thread };
}

/** Runs `incident <act>` for the event of a card. */
async function incident(
  world: World,
  act: string,
  { metadata }: SlackMessage,
  more: readonly string[] = [],
): Promise<void> {
  const number = String(metadata!.event_payload.event_id);
  const { code, stderr } = await world.run(['incident', act, number, ...more]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}
