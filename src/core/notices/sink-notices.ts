// Announces what a sink finds out about itself: to its own readers, or to others because nothing
// reaches its readers now.

import type { Notice } from '../../kit/event.ts';
import type { Logger } from '../../observe/log.ts';
import { readConditions } from '../../store/conditions.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { type Audience, sinksDown } from './audience.ts';
import { announce, keyWhile } from './conditions.ts';
import { storeNotice } from './notice.ts';

export interface SinkNotice {
  /** Id of the sink that it is about. */
  readonly sink: string;
  readonly notice: Notice;
  /** To `this`: the notice is stored once for each key. To `others`: the name of the condition. */
  readonly key: string;
  readonly to: 'this' | 'others';
}

export interface SinkNoticesOptions {
  readonly db: Database;
  readonly audience: Audience;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface SinkNotices {
  /** Stores the notice. Never throws: what fails is logged. */
  announce(said: SinkNotice): Promise<void>;
}

export function createSinkNotices(options: SinkNoticesOptions): SinkNotices {
  return {
    async announce(said) {
      try {
        await (said.to === 'others' ? announceToOthers(options, said) : announceToOwn(options, said));
      } catch (error) {
        const fields = { sink: said.sink, kind: said.notice.kind, error: databaseErrorText(error) };
        options.log.error(fields, 'a notice could not be stored');
      }
    },
  };
}

/** Once for as long as the condition lasts. */
async function announceToOthers(
  { db, audience, now }: SinkNoticesOptions,
  { sink, notice, key }: SinkNotice,
): Promise<void> {
  const to = audience.ofSink(sink, sinksDown(await readConditions(db)));
  const condition = { name: key, kind: notice.kind, to, values: () => notice.values };
  await announce({ db, fence: null, nowMs: now() }, condition);
}

/** A sink may seem to be back every minute while the same trouble lasts; that is one notice. */
async function announceToOwn({ db, now }: SinkNoticesOptions, { sink, notice, key }: SinkNotice): Promise<void> {
  const ownKey = notice.kind === 'sink_back' ? await keyWhile(db, `sink:${sink}`, key) : key;
  await storeNotice({ db, fence: null, nowMs: now() }, { notice, key: ownKey, to: [sink] });
}
