// What one card costs: composed and rendered for Mattermost, for one sink and for ten, in µs of CPU
// an event, warm. `--against <dist>` measures another build in the same run, interleaved round by
// round; of an older one whose sinks composed for themselves, the same from event to post.
// The events are those of bench/world.mjs, or with `--stream both` of both lists of a tenant, half of
// which bring a script of kilobytes.
// node bench/card.mjs [--against /elsewhere/dist] [--stream both] [--rounds 30] [--json]
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    against: { type: 'string' },
    stream: { type: 'string', default: 'events' },
    rounds: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
/** A round is long beside the clock's grain, and short beside a machine's other work. */
const eventsInRound = 1_000;
const eventsInPage = 50;
const insertedAtMs = Date.parse('2026-03-01T02:00:00Z');
const warmRounds = 10;
const own = fileURLToPath(new URL('../dist', import.meta.url));

const from = (dist, path) => import(pathToFileURL(resolve(dist, path)).href);
const { normalise } = await from(own, 'src/sources/deepinstinct/normalise.js');
const items = await sampleItems();
const builds = [{ name: 'this', dist: own }];
if (options.against) builds.push({ name: 'against', dist: options.against });
const jobs = [];
for (const { name, dist } of builds) {
  const makers = existsSync(resolve(dist, 'src/core/message/composer.js'))
    ? await composingCore(dist)
    : await composingSink(dist);
  for (const [what, make] of Object.entries(makers)) jobs.push({ name, what, make, us: [] });
}

let id = 0;
// One after the other: what one job keeps for later is not collected at the cost of another.
for (const what of new Set(jobs.map((job) => job.what))) {
  const compared = jobs.filter((job) => job.what === what);
  for (let round = 0; round < warmRounds + rounds; round += 1) {
    for (const job of round % 2 === 0 ? compared : compared.toReversed()) {
      const us = measure(job.make);
      if (round >= warmRounds) job.us.push(us);
    }
  }
}
report();

/**
 * µs of CPU an event. As to a service, each is new to its last text, so that nothing is known of a
 * text that was met before, such as its hash; a page of them is parsed before its cards are made.
 */
function measure(make) {
  let us = 0;
  for (let made = 0; made < eventsInRound; made += eventsInPage) {
    const page = Array.from({ length: eventsInPage }, () => {
      id += 1;
      return eventOf(items[id % items.length], id);
    });
    const begin = process.cpuUsage();
    for (const event of page) make(event);
    const { user, system } = process.cpuUsage(begin);
    us += user + system;
  }
  return us / eventsInRound;
}

async function composingCore(dist) {
  const { Composers } = await from(dist, 'src/core/message/index.js');
  const { createProductOf } = await from(dist, 'src/kit/product.js');
  const { sources } = await from(dist, 'src/sources/index.js');
  const { postOf } = await from(dist, 'src/sinks/mattermost/post.js');
  const { limits } = await from(dist, 'src/sinks/mattermost/render.js');
  const sink = { limits, can: { table: true, mention: true, priority: true } };
  const circumstances = { form: 'full', showTenant: true };
  const style = { style: 'compact', hasPriority: true };
  const voicesOf = (count) => {
    const composers = new Composers({ productOf: createProductOf(sourcesOf(), sources) });
    const place = { locale: 'en', timeZone: 'Asia/Bangkok' };
    return Array.from({ length: count }, () => composers.voiceOf(sink, place));
  };
  const one = voicesOf(1);
  const ten = voicesOf(10);
  const toAll = (voices) => (event) => {
    for (const voice of voices) postOf(voice.message(event, circumstances), 'soc-1', style);
  };
  return {
    'compose, one sink': (event) => one[0].message(event, circumstances),
    'compose and render, one sink': toAll(one),
    'compose and render, ten sinks': toAll(ten),
  };
}

async function composingSink(dist) {
  const { createProductOf } = await from(dist, 'src/kit/product.js');
  const { sources } = await from(dist, 'src/sources/index.js');
  const { cardOf } = await from(dist, 'src/sinks/mattermost/card.js');
  const { createWording } = await from(dist, 'src/sinks/mattermost/wording.js');
  const productOf = createProductOf(sourcesOf(), sources);
  const wording = createWording('en', 'Asia/Bangkok');
  const post = (event) =>
    cardOf({ event, form: 'full', showTenant: true }, 'soc-1', {
      wording,
      productOf,
      hasPriority: true,
    });
  return {
    'compose and render, one sink': post,
    'compose and render, ten sinks': (event) => {
      for (let sink = 0; sink < 10; sink += 1) post(event);
    },
  };
}

function sourcesOf() {
  return [
    { id: 'events', type: 'deepinstinct_events' },
    { id: 'suspicious', type: 'deepinstinct_suspicious_events' },
  ];
}

/** As a tenant sends them. */
async function sampleItems() {
  const { createWireEvent } = await from(own, 'simulators/events/index.js');
  return Array.from({ length: 400 }, (_, index) => {
    const isEvent = options.stream === 'events' || index % 2 === 0;
    const [stream, list] = isEvent ? ['event', 'events'] : ['suspicious', 'suspicious'];
    const value = createWireEvent({ seed: 16, stream: list, id: index + 1, insertedAtMs });
    return { id: index + 1, stream, source: list, text: JSON.stringify(value) };
  });
}

/**
 * As it reaches a sink that has nothing to wait for. Each field is named, as in the service: copies
 * by spreading would each have a shape of their own, which every reader of a field pays for.
 */
function eventOf({ id: itemId, stream, source, text }, id) {
  const item = { id: itemId, text, value: JSON.parse(text) };
  const draft = normalise(item, { stream, link: 'https://console.example/' });
  const { externalId, subject, type, severity, status, action, occurredAt, body } = draft;
  const receivedAt = new Date(insertedAtMs + itemId).toISOString();
  return {
    id,
    source,
    externalId,
    subject,
    stream,
    type,
    severity,
    status,
    action,
    occurredAt,
    receivedAt,
    body,
  };
}

function report() {
  const figures = jobs.map(({ name, what, us }) => ({ name, what, us: median(us) }));
  for (const figure of figures) {
    if (figure.name === 'this') continue;
    const ours = jobs.find(({ name, what }) => name === 'this' && what === figure.what);
    const theirs = jobs.find(({ name, what }) => name === figure.name && what === figure.what);
    figure.ratio = median(ours.us.map((us, round) => us / theirs.us[round]));
  }
  if (options.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  for (const { name, what, us, ratio } of figures) {
    const compared = ratio === undefined ? '' : `   this takes ${ratio.toFixed(2)} of it`;
    console.log(`${us.toFixed(1).padStart(7)} µs  ${name.padEnd(8)} ${what}${compared}`);
  }
}
