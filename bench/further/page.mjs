// The page with many stored events: the server's time for each view, and its bytes with all that
// the browser loads for it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../dist/src/config/index.js';
import { createPage } from '../../dist/src/http/page/index.js';
import { sinks } from '../../dist/src/sinks/index.js';
import { sources } from '../../dist/src/sources/index.js';
import { openPostgres } from '../../dist/src/store/database.js';
import { migrate } from '../../dist/src/store/migrate.js';
import { findServer } from '../postgres.mjs';
import { fill } from './many-events.mjs';

const events = Number(process.argv[2] ?? 1_000_000);
const rounds = 20;
const hash = (7).toString(16).padStart(64, 'ab');
const views = [
  '/',
  '/events',
  `/events?hash=${hash}`,
  '/events?device=busy&minSeverity=HIGH',
  '/events?text=nothing',
  '/events?state=dead&sink=soc',
  '/events?range=24h',
  `/events/${events / 2}`,
  `/events/${events - 9}`,
  `/events/${events - 10}`,
  '/incidents',
  '/incidents?state=resolved',
  '/numbers',
  '/numbers?days=90',
  '/deliveries',
  '/dead',
  '/sinks',
  '/silences',
  '/silences/new',
  '/routes',
  '/live',
  '/audit',
  '/status',
];

function configOf() {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-page-'));
  writeFileSync(
    join(directory, 'tocsin.yaml'),
    `sources:
  di: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
`,
  );
  const env = { TOCSIN_CONFIG: 'tocsin.yaml', EMBEDDED: 'yes' };
  const config = loadConfig({ env, directory, registries: { sources, sinks } });
  rmSync(directory, { recursive: true });
  return config;
}

const server = await findServer();
const db = openPostgres({ url: server.url, prepare: true, connectionsMax: 4, silenceMs: 600_000 });
try {
  await migrate(db.$client);
  await fill(db, events);
  const config = configOf();
  const page = createPage({
    version: 'bench',
    identify: async () => ({
      actor: { name: 'bench', role: 'admin', via: 'page', address: null },
    }),
    locale: () => 'en',
    contextOf: (actor) => ({ db, actor, config }),
    onFailure: (view, error) => console.error(view, error),
  });
  const bytesOf = async (path) => (await (await page.request(path)).arrayBuffer()).byteLength;
  console.log(`${events} events; ms for a view, ${rounds} times\n`);
  console.log(
    '| View | Median | Longest | kB | kB with all it loads |\n| --- | --- | --- | --- | --- |',
  );
  for (const path of views) {
    const times = [];
    let html = '';
    for (let round = 0; round <= rounds; round += 1) {
      const from = performance.now();
      const answer = await page.request(path);
      html = await answer.text();
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      if (round > 0) times.push(performance.now() - from);
    }
    times.sort((a, b) => a - b);
    const [median, longest] = [times[rounds / 2], times.at(-1)].map((ms) => ms.toFixed(1));
    const files = [...new Set(html.match(/\/assets\/[^"]+/g))];
    const more = (await Promise.all(files.map(bytesOf))).reduce((sum, bytes) => sum + bytes, 0);
    const own = Buffer.byteLength(html);
    const [kB, all] = [own, own + more].map((bytes) => (bytes / 1000).toFixed(1));
    console.log(`| ${path.replace(hash, '…')} | ${median} | ${longest} | ${kB} | ${all} |`);
  }
} finally {
  await db.$client.end({ timeout: 5 });
  await server.stop();
}
