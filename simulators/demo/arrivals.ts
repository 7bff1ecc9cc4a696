// Finds which events of the simulated tenant arrived in the simulated channel, by the number on
// each card, and prints them as a table.
import { severityNames } from '../../src/kit/event.ts';
import { neutralText } from '../../src/kit/text.ts';
import type { TenantStream } from '../events/index.ts';
import type { Post } from '../mattermost/post.ts';
import type { Tenant } from '../tenant/index.ts';

export interface Arrival {
  readonly stream: TenantStream;
  readonly id: number;
  readonly type: string;
  readonly device: string;
  /** The severity on the card; empty until the event has arrived. */
  readonly severity: string;
  /** Time from when the tenant showed the event to each of its posts. */
  readonly afterMs: readonly number[];
}

/**
 * The ids of the two streams must not overlap, because the number on a card does not name its
 * stream.
 */
export function arrivalsOf(tenant: Tenant, posts: readonly Post[]): Arrival[] {
  const arrived = posts.map((post) => ({ post, ...shownBy(post) }));
  return (['events', 'suspicious'] as const).flatMap((stream) =>
    tenant.ids(stream).map((id) => {
      const event = tenant.item(stream, id);
      const own = arrived.filter((one) => one.numbers.includes(String(id)));
      const shownAtMs = Date.parse(String(event.insertion_timestamp));
      return {
        stream,
        id,
        type: String(event.type),
        device: String((event.recorded_device_info as { hostname?: string }).hostname),
        severity: own[0]?.severity ?? '',
        afterMs: own.map(({ post }) => post.atMs - shownAtMs),
      };
    }),
  );
}

/** The number that stands over each of its cards, and the severity in its message. */
function shownBy({ text, attachments }: Post) {
  return {
    numbers: attachments.map(({ title }) => /\d+$/.exec(title ?? '')?.[0]),
    severity: severityNames.find((name) => text.includes(`**${name}**`)) ?? '',
  };
}

/** A table for a terminal. Attackers choose the names, so control characters are written out. */
export function tableOf(arrivals: readonly Arrival[]): string {
  const rows = arrivals.map(({ id, severity, type, device, afterMs }) => [
    String(id),
    severity === '' ? '-' : severity,
    type,
    neutralText(device, { multiline: false }),
    afterMs.length === 0
      ? 'not yet'
      : afterMs.map((ms) => `after ${(ms / 1000).toFixed(1)} s`).join(' and '),
  ]);
  const all = [['ID', 'SEVERITY', 'TYPE', 'DEVICE', 'DELIVERED'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
