// `tocsin routes show`: the routes in their order.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../../support/world.ts';
import { runIn } from '../in-process.ts';

test('the routes are listed, and shown as JSON', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const { code, stdout } = await runIn(world, ['routes', 'show']);
  expect([code, stdout]).toEqual([0, 'default\n  Everything goes to soc.\n']);
  expect(JSON.parse((await runIn(world, ['routes', 'show', '--json'])).stdout)).toMatchObject([
    { to: ['soc'] },
  ]);
});

test('each is said in sentences, the steps of its escalation too', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const step = '{ after: 15m, to: [soc], mention: "@oncall", repeat: 2, min_severity: HIGH }';
  const sinks = 'sinks: { soc: { type: mattermost, url: "https://chat.example/hooks/abcdef" } }';
  const routes = `routes: [{ name: all, to: [soc], escalate: [${step}, { after: 1h, to: [soc] }] }]`;
  const path = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(path, `${sinks}\n${routes}\n`);
  const { stdout } = await runIn(world, ['routes', 'show'], { TOCSIN_CONFIG: path });
  expect(stdout.split('\n')).toEqual([
    'all',
    '  Everything goes to soc.',
    '  If nobody acknowledges, it tells soc after 15 minutes, and mentions @oncall, 2 more times, from HIGH up.',
    '  If nobody acknowledges, it tells soc after 1 hour.',
    '',
  ]);
});
