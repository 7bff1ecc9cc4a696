// Whether the stored events come from several tenants.
import { desc } from 'drizzle-orm';
import type { EventBody } from '../kit/event.ts';
import type { Database } from './database.ts';
import { events } from './schema.ts';

const lookedAt = 1000;

/** Looks at the newest thousand events. */
export async function hasSeveralTenants(db: Database): Promise<boolean> {
  const rows = await db
    .select({ body: events.body })
    .from(events)
    .orderBy(desc(events.id))
    .limit(lookedAt);
  const tenants = new Set(rows.map(({ body }) => tenantKey(body)));
  tenants.delete(undefined);
  return tenants.size > 1;
}

/** Equal for events of the same tenant; undefined if the event names none. */
export function tenantKey({ tenant }: EventBody): string | undefined {
  return tenant && JSON.stringify([tenant.provider, tenant.name]);
}
