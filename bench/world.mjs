// The far ends of all contestants, in one process of their own: the simulated tenant and one simulated Mattermost a run. main.mjs forks it.
import { startMattermost } from '../dist/demo/mattermost.js';
import { startTenant } from '../dist/demo/tenant.js';

/** A contestant that posts nothing for so long is done, or lost the rest. */
const silenceMaxMs = 15_000;

let tenant;
let mattermost;

process.on('message', async ({ ask, ...values }) => {
  if (ask === 'fill') await fill(values.events);
  if (ask === 'open') await open(values.posts);
});
process.on('disconnect', () => process.exit(0));

async function fill(events) {
  await tenant?.close();
  tenant = await startTenant();
  const ids = tenant.add('events', events);
  const bytes = ids.slice(0, 1000).reduce((sum, id) => sum + JSON.stringify(tenant.item('events', id)).length, 0);
  process.send({ tell: 'filled', eventBytes: Math.round(bytes / Math.min(1000, ids.length)) });
}

/** Tells of the first post, and of the end: `posts` different messages, or a long silence. Looks every 2 ms, which costs next to nothing. */
async function open(posts) {
  await mattermost?.close();
  mattermost = await startMattermost({ postsKept: 0 });
  const { deliveries } = mattermost;
  let firstAt;
  let lastAt = performance.now();
  let seen = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    if (deliveries.size > seen) {
      if (firstAt === undefined) process.send({ tell: 'first' });
      firstAt ??= now;
      lastAt = now;
      seen = deliveries.size;
    }
    if (seen < posts && now - lastAt < silenceMaxMs) return;
    clearInterval(timer);
    process.send({ tell: 'end', seconds: firstAt === undefined ? 0 : (lastAt - firstAt) / 1000 });
    // Whoever posts once more does it soon.
    setTimeout(() => {
      const twice = [...deliveries.values()].filter((times) => times > 1).length;
      process.send({ tell: 'counts', delivered: deliveries.size, twice, statuses: mattermost.requests.statuses });
    }, 300);
  }, 2);
  process.send({ tell: 'open', url: tenant.url, token: tenant.token, hookUrl: mattermost.hookUrl });
}
