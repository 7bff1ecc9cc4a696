// The far ends of the further measurements, in a process of their own: tenants by name, receivers
// by number. It notes when each event became readable, was asked for and arrived, by one clock.
// ../further.mjs forks it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startMattermost } from '../../dist/simulators/mattermost/index.js';
import { startTenant } from '../../dist/simulators/tenant/index.js';

/** A contestant that posts nothing for this long is done, or lost the rest. */
const silenceMaxMs = 30_000;
const resolutionMs = 2;

const tenants = new Map();
/** By tenant, when each of its items became readable; milliseconds since the epoch. */
const readable = new Map();
let receivers = [];
/** How late this process's own timers are shows how busy the machine is. */
const lateness = monitorEventLoopDelay({ resolution: resolutionMs });
lateness.enable();

const answers = {
  async tenant({ name }) {
    await tenants.get(name)?.close();
    const tenant = await startTenant();
    tenants.set(name, tenant);
    readable.set(name, new Map());
    return { url: tenant.url, token: tenant.token };
  },
  /** The first of them hang, the next refuse everything. */
  async receivers({ count, hanging = 0, refusing = 0 }) {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    receivers = await Promise.all(
      Array.from({ length: count }, () => startMattermost({ postsKept: 0 })),
    );
    for (const receiver of receivers.slice(0, hanging))
      receiver.fail('hang', Number.POSITIVE_INFINITY);
    for (const receiver of receivers.slice(hanging, hanging + refusing))
      receiver.fail(500, Number.POSITIVE_INFINITY);
    return { hookUrls: receivers.map(({ hookUrl }) => hookUrl) };
  },
  /** A receiver that takes the posts of a bot; @returns the settings of its sink. */
  async bot() {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    receivers = [await startMattermost()];
    const [{ url, channels }] = receivers;
    const { token } = receivers[0].addBot('tocsin', { channels });
    return { url, token, channel: `secops/${channels[0]}` };
  },
  async edits() {
    const { total, posts } = receivers[0].requests;
    return { edits: total - posts };
  },
  /** Adds `count` more at once. */
  async add({ name, events }) {
    const at = Date.now();
    for (const id of tenants.get(name).add('events', events)) readable.get(name).set(id, at);
    return {};
  },
  /** Adds one after the other, evenly; answers when the last was added. */
  trickle({ name, perSecond, seconds }) {
    const tenant = tenants.get(name);
    const startedAt = performance.now();
    let shown = 0;
    lateness.reset();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const passed = (performance.now() - startedAt) / 1000;
        for (; shown < Math.min(passed, seconds) * perSecond; shown += 1) {
          const [id] = tenant.add('events', 1);
          readable.get(name).set(id, Date.now());
        }
        if (passed < seconds) return;
        clearInterval(timer);
        resolve({ shown });
      }, 2);
    });
  },
  /** Waits until each of these receivers has `count` different messages. Looks every 2 ms. */
  arrive({ posts, from = 0, to = receivers.length }) {
    const watched = receivers.slice(from, to);
    const counts = () =>
      watched.reduce((sum, { deliveries }) => sum + Math.min(posts, deliveries.size), 0);
    let seen = counts();
    let firstAt;
    let lastAt = performance.now();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now();
        const count = counts();
        if (count > seen) {
          firstAt ??= now;
          lastAt = now;
          seen = count;
        }
        if (seen < posts * watched.length && now - lastAt < silenceMaxMs) return;
        clearInterval(timer);
        resolve({
          seconds: (lastAt - (firstAt ?? lastAt)) / 1000,
          missing: posts * watched.length - seen,
        });
      }, 2);
    });
  },
  async posts() {
    return { posts: receivers.map(({ deliveries }) => deliveries.size) };
  },
  /**
   * Everything that the clock was read for: items, polls of the events, posts at the first
   * receiver.
   */
  async times({ name }) {
    return {
      readable: [...readable.get(name)],
      polls: tenants
        .get(name)
        .requests.log.filter(
          ({ target, cursor }) => cursor !== undefined && target.startsWith('/api/v1/events'),
        )
        .map(({ atMs, cursor }) => [atMs, cursor]),
      posts: receivers[0].requests.log.flatMap(({ atMs, status, deliveryId, call }) =>
        deliveryId !== undefined && status < 300 && !isEdit(call) ? [[deliveryId, atMs]] : [],
      ),
      latenessMs: lateness.percentile(99) / 1e6 - resolutionMs,
    };
  },
};

function isEdit(call) {
  return call?.endsWith('/patch') === true;
}

process.on('message', async ({ ask, ...values }) => process.send(await answers[ask](values)));
process.on('disconnect', () => process.exit(0));
