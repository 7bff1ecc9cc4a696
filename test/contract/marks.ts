// Texts that are found again at a far end, each with what it says in words: so a sink that forgets
// one is told which.

import { composeDigest } from '../../src/core/deliver/digest.ts';
import type { DigestMember, StoredEvent } from '../../src/kit/event.ts';
import { storedDigest } from '../support/digests.ts';
import { eventOfTexts } from '../support/events.ts';

/** What a field of an event says, where its own name would not tell a reader. */
const facts: Readonly<Record<string, string>> = {
  'device.name': 'the host',
  'device.ip': 'the host’s address',
  user: 'the user',
  action: 'the action',
  lastAction: 'the last action',
  type: 'the type',
  'tenant.name': 'the tenant',
  'tenant.provider': 'the tenant’s provider',
  'file.name': 'the file',
  'file.path': 'the file’s path',
  'file.hash': 'the file’s hash',
  'file.script': 'the script',
  description: 'the description',
};

export class Marks {
  readonly #names = new Map<string, string>();

  /** A word of letters and digits that no other mark holds. */
  of(what: string): string {
    const mark = `Zq${this.#names.size}qZ`;
    this.#names.set(mark, what);
    return mark;
  }

  /** What the mark in `text` says; undefined if it holds none. */
  named(text: string): string | undefined {
    const [mark] = /Zq\d+qZ/.exec(text) ?? [];
    return mark === undefined ? undefined : this.#names.get(mark);
  }
}

/** An event whose every text is a mark. */
export function markedEvent(marks: Marks, overrides: Partial<StoredEvent> = {}): StoredEvent {
  const event = eventOfTexts((field) => marks.of(facts[field] ?? `the event’s ${field}`));
  return { ...event, ...overrides };
}

/**
 * A digest of a group of six events on as many devices of two tenants; every text is what `textOf`
 * gives for its name.
 */
export function digestOfTexts(textOf: (what: string) => string): StoredEvent {
  const tenants = [textOf('the tenant'), textOf('the tenant')];
  const hash = textOf('the hash of the file');
  const members = Array.from(
    { length: 6 },
    (_, n): DigestMember => ({
      eventId: 5001 + n,
      severity: n === 0 ? 5 : 4,
      type: textOf('the type'),
      device: textOf('the host'),
      tenant: tenants[n % 2],
      fileHash: n < 2 ? hash : undefined,
      fileName: textOf('the file'),
      receivedAtMs: Date.parse('2026-03-01T02:00:00.000Z') + n * 60_000,
      itemId: String(1201 + n),
      link: `https://console.example/events/${1201 + n}`,
    }),
  );
  const digest = composeDigest(members, {
    ...{ kind: 'group', before: 40, route: textOf('the route') },
    by: [{ field: 'device_group', value: textOf('what the events share') }],
  });
  return storedDigest(digest);
}
