// The demo that runs until Ctrl-C: new events every few seconds, and the page that shows the
// channel.
import { setTimeout as sleep } from 'node:timers/promises';
import { startChannelPage } from '../channel-page/index.ts';
import { createRandom } from '../events/random.ts';
import { history, nextStep } from './scenario.ts';
import { addAll, ended, type Stage, throwIfBroken } from './stage.ts';
import { noStatus, statusOf } from './status.ts';
import { tellStory } from './story.ts';

const statusEveryMs = 2000;

/**
 * Resolves when the demo ends.
 * @throws the page's port is taken, or something else broke
 */
export async function playLive(stage: Stage, port: number): Promise<void> {
  const { tenant, mattermost, tocsin, ending } = stage;
  let status = noStatus;
  const look = async () => {
    const answer = await fetch(`${tocsin.address}/metrics`);
    if (answer.ok) status = statusOf(await answer.text());
  };
  const links = ['metrics', 'healthz'].map((path) => ({
    text: path,
    href: `${tocsin.address}/${path}`,
  }));
  const page = await startChannelPage({
    ...{ mattermost, port, status: () => status, viewer: stage.analyst },
    links: [{ text: "Tocsin's page", href: '/tocsin' }, ...links],
    signIn: async () => ({ cookie: await stage.signIn(), address: tocsin.address }),
  });
  // Without an answer, the page keeps the old numbers.
  const looking = setInterval(() => void look().catch(() => {}), statusEveryMs);
  try {
    stage.say(introduction(stage, page.address));
    addAll(tenant, history);
    await Promise.race([tocsin.ready, ended(ending)]);
    const telling = tellStory(stage).catch((error: unknown) => stage.complain(`${error}\n`));
    const random = createRandom(Date.now());
    for (let pauseMs = 3000; !ending.aborted; ) {
      await sleep(pauseMs, undefined, { signal: ending }).catch(() => {});
      if (ending.aborted) break;
      const step = nextStep(random);
      const count = addAll(tenant, step.adds);
      const events = count === 1 ? '1 event' : `${count} events`;
      stage.say(
        `${clock()}  ${step.words}: ${events}; posted so far: ${mattermost.requests.posts}\n`,
      );
      pauseMs = step.pauseMs;
    }
    await telling;
  } finally {
    clearInterval(looking);
    await page.close();
  }
  throwIfBroken(ending);
  stage.say('\nEnding: what is in flight is finished, then everything is removed.\n');
}

function introduction({ tenant, mattermost, tocsin, directory }: Stage, page: string): string {
  return `
Tocsin demo. Everything runs on this machine and talks to nothing else.

  Open this       ${page}   the channel as Mattermost would draw it
  And this        ${page}/tocsin   Tocsin's own page, signed in to act
  Tocsin          ${tocsin.address}   /metrics, /healthz, /readyz
  Deep Instinct   ${tenant.url}   simulated; makes up security events
  Mattermost      ${mattermost.url}   simulated; takes what Tocsin posts
  Database        embedded, in ${directory}, removed at the end

Every few seconds the simulated tenant reports something new. Tocsin asks it every second, keeps what it reads in its
database, and posts a card for each event, or a digest when too much comes at once. One of the first is followed to its
end: somebody acknowledges it, it happens again, and it is closed at the console. The buttons of all cards work, and so
does the line below the channel: /tocsin help. Ctrl-C ends it.

`;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
