// Reads a row of the table of deliveries.
import type { MessageForm } from '../../kit/event.ts';
import type { DueDelivery, HeldBy } from '../../kit/records/delivery.ts';
import { eventRow, toEvent } from '../event-row.ts';
import { type ColumnOf, type Row, RowReader } from '../row.ts';
import type { deliveries } from '../schema.ts';

/**
 * `unanswered`: how many attempts got no answer. `count`: how many rows a statement changed or
 * found.
 */
export const deliveryRow = new RowReader<ColumnOf<typeof deliveries> | 'unanswered' | 'count'>(
  'deliveries',
);

const forms: readonly MessageForm[] = ['full', 'short', 'bare'];
const holders: readonly HeldBy[] = ['group', 'storm'];

/** @param row columns of a delivery and of its event */
export function toDue(row: Row): DueDelivery {
  const unanswered = deliveryRow.number(row, 'unanswered');
  const route = deliveryRow.textOrNull(row, 'route');
  const traceParent = eventRow.textOrNull(row, 'traceparent');
  const untilMs = deliveryRow.numberOrNull(row, 'held_until');
  return {
    priority: deliveryRow.number(row, 'priority'),
    attempts: deliveryRow.number(row, 'attempts'),
    form: deliveryRow.oneOf(row, 'form', forms),
    ...(unanswered > 0 && { unanswered }),
    ...(route !== null && { route }),
    ...(traceParent !== null && { traceParent }),
    ...(untilMs !== null && { held: { by: deliveryRow.oneOf(row, 'held_by', holders), untilMs } }),
    event: toEvent(row),
  };
}
