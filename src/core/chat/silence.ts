// What the buttons "Silence this file" and "Silence this device" match. Pure.
import type { EventBody } from '../../kit/event.ts';
import type { WrittenMatcher } from '../silences/index.ts';

export const silenceable = ['file', 'device'] as const;
export type Silenceable = (typeof silenceable)[number];

export interface Silenced {
  readonly matcher: WrittenMatcher;
  /** As people know it; the vendor's words. */
  readonly name: string;
}

/**
 * The same file, by its hash; the same device, by the vendor's number of it, because every customer
 * has a `DC01`. The values are the vendor's, so that none of them becomes a pattern: one that is `*`
 * would match everything.
 * @returns undefined if the event does not name it
 */
export function silencedOf(
  what: Silenceable,
  { source, body }: { readonly source: string; readonly body: EventBody },
): Silenced | undefined {
  return what === 'file' ? fileOf(body) : deviceOf(source, body);
}

function fileOf({ file }: EventBody): Silenced | undefined {
  const hash = file?.hash;
  if (hash === undefined || hash.trim() === '') return undefined;
  return { matcher: { when: is('event.file.hash', hash) }, name: file?.name ?? hash };
}

function deviceOf(source: string, { device, tenant }: EventBody): Silenced | undefined {
  const name = device?.name ?? device?.id;
  if (name === undefined || name.trim() === '') return undefined;
  const known =
    device?.id === undefined
      ? [
          is('event.device.name', name),
          is('event.tenant.name', tenant?.name ?? ''),
          is('event.tenant.id', tenant?.id ?? ''),
        ]
      : [is('event.device.id', device.id)];
  return { matcher: { sources: [source], when: known.join(' && ') }, name };
}

/** Texts of expressions have the escapes of JSON. */
function is(field: string, value: string): string {
  return `${field} == ${JSON.stringify(value)}`;
}
