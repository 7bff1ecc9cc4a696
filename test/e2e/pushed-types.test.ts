// The products that push, to a service as a process: what fires is announced once however often it is
// sent, and what is over resolves its incident. What else may be sent is in pushed-hostile.test.ts.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { sample } from '../support/pushed-samples.ts';
import { type Bytes, pushedTypes, requestOf, understood } from '../support/pushed-types.ts';
import { createWorld } from '../support/world.ts';

const types = pushedTypes('https://sns.example.com');
type Type = 'alertmanager' | 'grafana' | 'falco' | 'wazuh';
const bytesOf = (body: string): Bytes => new Uint8Array(new TextEncoder().encode(body));
const typed = (type: Type) => [type, types[type]!] as const;

async function startPushed() {
  const world = await createWorld({ database: 'postgres' });
  const file = join(world.environment.DATA_DIR!, '..', 'tocsin.yaml');
  const soc = { type: 'mattermost', url: world.mattermost.hookUrl };
  // Ids as their types, so that what the tests expect of a source is what the service makes.
  const configured = Object.entries(types).map(([id, { settings }]) => [
    id,
    { type: id, ...settings },
  ]);
  const text = JSON.stringify({ sources: Object.fromEntries(configured), sinks: { soc } });
  await writeFile(file, text);
  const service = world.start('data', { TOCSIN_CONFIG: file });
  await service.ready();
  const address = await service.address;
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  const post = async (type: Type, text: string) => {
    const { path, headers, body } = requestOf(typed(type), bytesOf(text));
    const answer = await fetch(`${address}${path}`, { method: 'POST', body, headers });
    await answer.text();
    return answer.status;
  };
  const storedIds = async (type: Type): Promise<Set<string>> => {
    const rows = await sql`select external_id from events where source = ${type}`;
    return new Set(rows.map((row) => row.external_id as string));
  };
  const states = async (type: Type) => {
    const rows = await sql`select e.external_id, i.state from incidents i
      join events e on e.id = i.event_id where i.source = ${type} order by e.external_id`;
    return rows.map((row) => [row.external_id, row.state]);
  };
  return { world, post, storedIds, states };
}

const idsIn = (type: Type, body: string) =>
  understood(typed(type), { headers: {}, body: bytesOf(body) })!.events.map(
    ({ externalId }) => externalId,
  );

test('what fires is announced once, and what is over is resolved, each time', {
  timeout: 300_000,
}, async () => {
  const { world, post, storedIds, states } = await startPushed();
  for (const type of ['alertmanager', 'grafana'] as const) {
    const [firing, resolved] = [sample(`${type}/firing`), sample(`${type}/resolved`)];
    const later = (body: string) => body.replaceAll('2026-03-01T', '2026-03-05T');
    const [first = ''] = idsIn(type, firing);
    const [second = ''] = idsIn(type, later(firing));
    for (const body of [firing, firing, resolved, firing, resolved])
      expect(await post(type, body)).toBe(202);
    expect(await states(type)).toEqual([[first, 'resolved']]);
    // The same alert fires and is over once more.
    for (const body of [later(firing), later(resolved)]) expect(await post(type, body)).toBe(202);
    expect(await states(type)).toEqual([
      [first, 'resolved'],
      [second, 'resolved'],
    ]);
    const stored = [first, `${first}/resolved`, second, `${second}/resolved`];
    expect([...(await storedIds(type))].sort()).toEqual(stored.sort());
  }
  for (const type of ['falco', 'wazuh'] as const)
    for (const body of types[type]!.bodies)
      expect([await post(type, body), await post(type, body)]).toEqual([202, 202]);
  // Falcosidekick's event is Falco's, and that of the stock script of Wazuh the alert's.
  expect((await storedIds('falco')).size).toBe(2);
  expect((await storedIds('wazuh')).size).toBe(5);
  // Each alert of the two engines twice; what is over is said on the card that it closes.
  expect(await world.arrived(4 + 2 + 5)).toBeGreaterThanOrEqual(11);
});
