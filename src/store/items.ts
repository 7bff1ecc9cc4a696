// Which of a vendor's items are stored, whatever generation of the source stored them.
import { externalIdIn, readCursor } from './cursors.ts';
import type { Database } from './database.ts';
import { eventRow } from './event-row.ts';

/**
 * The ids of the stored events of a source, by external id; those that are not stored are absent.
 * If the vendor gave one number to several items, the newest.
 */
export async function storedItems(
  db: Database,
  source: string,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (externalIds.length === 0) return new Map();
  const { generation } = await readCursor(db, source);
  const generations = Array.from({ length: generation }, (_, index) => index + 1);
  const keyOf = new Map(
    externalIds.flatMap((id) => generations.map((one) => [externalIdIn(one, id), id] as const)),
  );
  const keys = JSON.stringify([...keyOf.keys()]);
  const rows = await db.$client`
    select external_id, max(id) as id from events
    where source = ${source}
      and external_id in (select json_array_elements_text(${keys}::text::json))
    group by 1 order by 2`;
  return new Map(
    rows.map((row) => [keyOf.get(eventRow.text(row, 'external_id'))!, eventRow.number(row, 'id')]),
  );
}
