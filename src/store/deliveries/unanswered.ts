// How often a delivery got no answer, so that it may have arrived all the same.
import { unansweredReasons } from '../../kit/errors.ts';
import type { Database } from '../database.ts';

/** Of a row of deliveries, `d`. Only those that failed cost a look. */
export function unansweredOf(client: Database['$client']) {
  return client`case when d.reason is null then 0 else (
    select count(*)::int from delivery_attempts a
    where a.event_id = d.event_id and a.sink = d.sink and a.reason = any (string_to_array(${unansweredReasons.join(',')}, ','))
  ) end`;
}
