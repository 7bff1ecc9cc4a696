// How long a new card takes while old ones are edited: a steady trickle, in turns with thousands of
// edits due and with none. An edit under way is all that a card may wait for.
import { changeIncident } from '../../dist/src/core/incidents/change.js';
import { openPostgres } from '../../dist/src/store/database.js';
import { median } from '../report.mjs';
import { lineOf, watchTrickle } from './latency.mjs';
import { makeDatabase, startService, within } from './service.mjs';

/** Enough that edits are due all the time, though each card is edited once in ten seconds. */
const cards = 4000;
/** A turn's requests fit into what the receiver remembers. */
const seconds = 10;
const goal = 1.2;
/** More versions than an incident gets, so that an edit is due again after each. */
const many = 1_000_000;

export const what = 'edits';

export async function run({ sql, serverUrl, world, rounds, say }) {
  const database = await makeDatabase(sql, serverUrl, 'edits');
  const tenant = await world.ask('tenant', { name: 'latency' });
  const bot = await world.ask('bot', {});
  const service = await startService({
    environment: { DATABASE_URL: database.url, POLLING_INTERVAL: '1' },
    file: {
      sources: { di: { type: 'deepinstinct_events', url: tenant.url, token: tenant.token } },
      sinks: { soc: { type: 'mattermost_bot', details: 'card', ...bot } },
    },
  });
  const runs = [];
  try {
    await world.ask('add', { name: 'latency', events: cards });
    await world.ask('arrive', { posts: cards });
    await acknowledgeAll(database.url);
    for (let number = 0; number < rounds; number += 1) {
      const one = {};
      const turns = [
        ['without', 0],
        ['with', many],
      ];
      for (const [name, more] of number % 2 === 0 ? turns : turns.toReversed()) {
        await setDue(database.url, more);
        const { edits: before } = await world.ask('edits', {});
        const figures = await watchTrickle({ world, url: database.url, seconds });
        const { edits: after } = await world.ask('edits', {});
        one[name] = { ...figures, edits: after - before };
        say(`edits, round ${number + 1}, ${name}: ${lineOf(one[name])}; ${one[name].edits} edits`);
      }
      runs.push(one);
    }
  } finally {
    await service.stop();
    await database.drop();
  }
  return reportOf(runs);
}

async function setDue(url, more) {
  await within(
    url,
    (own) => own`update message_edits set wanted = done + ${more}, scheduled_at = now()`,
  );
}

/** An incident for each card, whose changes an edit shows. */
async function acknowledgeAll(url) {
  const db = openPostgres({ url, prepare: true, connectionsMax: 4, silenceMs: 600_000 });
  try {
    const rows = await db.$client`
      select event_id::float8 as id from deliveries
      where remote_id is not null and state = 'delivered' and kind = 'card'`;
    for (const { id: eventId } of rows)
      await changeIncident(db, {
        ...{ eventId, wanted: { kind: 'noted' }, actor: 'bench', via: 'cli' },
      });
  } finally {
    await db.$client.end();
  }
}

function reportOf(runs) {
  const ratios = runs.map((one) => one.with.p99 / one.without.p99);
  const ratio = median(ratios);
  return {
    title: 'a new card while thousands of old ones are edited',
    how: `50 events/s for ${seconds} s a turn, in turns with ${cards} cards of which each is due to be edited every ten seconds, and with no edit due.`,
    columns: ['round', 'p50 ms without', 'with', 'p99 ms without', 'with', 'ratio', 'edits'],
    rows: runs.map((one, at) => [
      String(at + 1),
      ...[one.without.p50, one.with.p50, one.without.p99, one.with.p99].map((value) =>
        value.toFixed(0),
      ),
      ratios[at].toFixed(2),
      String(one.with.edits),
    ]),
    goals: [
      {
        what: 'p99 of new cards with edits due, by that without, median',
        goal: `within ${goal}`,
        value: ratio.toFixed(2),
        isMet: ratio <= goal,
      },
    ],
    figures: runs,
  };
}
