// One incident from its first card to its end, so that a viewer sees how a card stays true: a
// colleague acknowledges it, it happens again, and it is closed at the console.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Post } from '../mattermost/index.ts';
import type { Stage } from './stage.ts';

const channel = 'security-alerts';
/** Long enough to read the card between two steps. */
const pauseMs = 7000;

/** Resolves at the end of the story or of the demo. */
export async function tellStory(stage: Stage): Promise<void> {
  const { tenant, mattermost, ending, say } = stage;
  const colleague = mattermost.addUser('somchai', { channels: [channel] });
  const [id] = tenant.add('events', 1, { severity: 'VERY_HIGH', hostileShare: 0 });
  if (id === undefined) return;
  const root = () => mattermost.posts.find((post) => isAbout(post, id));
  if (!(await until(() => root() !== undefined, ending))) return;
  const steps: readonly (readonly [words: string, act: () => unknown])[] = [
    ['somchai acknowledges', () => mattermost.press(root()!.id, 'acknowledge', colleague)],
    ['the device reports it again, three times', () => tenant.recur('events', id, 3)],
    ['somebody closes it at the console', () => tenant.closeItem('events', id)],
  ];
  for (const [words, act] of steps) {
    await sleep(pauseMs, undefined, { signal: ending }).catch(() => {});
    if (ending.aborted) return;
    say(`Event ${id}: ${words}\n`);
    await act();
  }
}

function isAbout({ attachments, rootId }: Post, id: number): boolean {
  return !rootId && attachments.some(({ title }) => title?.endsWith(` ${id}`));
}

/** @returns false: the demo ended first */
async function until(holds: () => boolean, ending: AbortSignal): Promise<boolean> {
  while (!ending.aborted && !holds()) await sleep(100);
  return !ending.aborted;
}
