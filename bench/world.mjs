// The far ends of all contestants, in one process of their own: a simulated tenant and a receiver
// of posts a run. main.mjs forks it.
import { startTenant } from '../dist/simulators/tenant/index.js';
import { startReceiver } from './receiver.mjs';

/** A contestant that posts nothing for this long is done, or lost the rest. */
const silenceMaxMs = 15_000;
/**
 * They have been waiting, as after an outage. What is new is read a second time, so that on a quick
 * machine the first round would be another job.
 */
const ageSeconds = 60;
/** A contestant that posts something twice does it soon. */
const countAfterMs = 300;

/** The texts on the wire, made once. */
let texts = [];
let tenant;
let receiver;

const answers = {
  async make({ events }) {
    const source = await startTenant();
    texts = source
      .add('events', events, { ageSeconds })
      .map((id) => JSON.stringify(source.item('events', id)));
    await source.close();
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
    return { eventBytes: Math.round(bytes) };
  },
  async open() {
    await Promise.all([tenant?.close(), receiver?.close()]);
    tenant = await startTenant();
    receiver = await startReceiver();
    return { url: tenant.url, token: tenant.token, hookUrl: receiver.hookUrl };
  },
  /** Adds the next events at once. */
  add({ events }) {
    const from = tenant.ids('events').length;
    for (const text of texts.slice(from, from + events)) tenant.addRaw('events', text);
    return {};
  },
  /** Waits for `count` different messages in all. Looks every 2 ms, which costs next to nothing. */
  arrive({ posts }) {
    const { deliveries } = receiver;
    let seen = deliveries.size;
    let firstAt;
    let lastAt = performance.now();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now();
        if (deliveries.size > seen) {
          firstAt ??= now;
          lastAt = now;
          seen = deliveries.size;
        }
        if (seen < posts && now - lastAt < silenceMaxMs) return;
        clearInterval(timer);
        resolve({ seconds: (lastAt - (firstAt ?? lastAt)) / 1000 });
      }, 2);
    });
  },
  async count() {
    await new Promise((resolve) => setTimeout(resolve, countAfterMs));
    const times = [...receiver.deliveries.values()];
    return {
      delivered: times.length,
      twice: times.filter((one) => one > 1).length,
      postBytes: receiver.bytes() / times.length,
    };
  },
  /** How many posts came in each second since the first. */
  ramp() {
    return { perSecond: receiver.perSecond() };
  },
};

process.on('message', async ({ ask, ...values }) => process.send(await answers[ask](values)));
process.on('disconnect', () => process.exit(0));
