// A steady load, and the longest silence of the channel while it lasts.
import { onTestFinished } from 'vitest';
import type { World } from '../support/world.ts';

export interface Steady {
  /**
   * @returns the longest time without a post, from the first one after the load began to the last
   * one before it ended
   */
  stop(): number;
}

/**
 * Adds `perSecond` events a second to the tenant, in both streams, however late its timer fires. To
 * be called once the channel has posts.
 */
export function startLoad({ tenant, mattermost }: World, perSecond: number): Steady {
  const startedAt = performance.now();
  let added = 0;
  let postedAt = startedAt;
  let silenceMs = 0;
  const look = () => {
    const now = performance.now();
    silenceMs = Math.max(silenceMs, now - postedAt);
    postedAt = now;
  };
  const stopListening = mattermost.onPost(look);
  const timer = setInterval(() => {
    const wanted = Math.floor(((performance.now() - startedAt) / 1000) * perSecond) - added;
    tenant.add('events', Math.ceil(wanted / 2));
    tenant.add('suspicious', Math.floor(wanted / 2));
    added += wanted;
  }, 100);
  const stop = () => {
    clearInterval(timer);
    stopListening();
    look();
    return silenceMs;
  };
  onTestFinished(() => void stop());
  return { stop };
}
