// Whether the events come from several tenants: then each card names its tenant.

import type { EventBody } from '../../kit/event.ts';
import type { Database } from '../../store/database.ts';
import { hasSeveralTenants, tenantKey } from '../../store/tenants.ts';

export class Tenants {
  /** Two are enough to know. */
  readonly #known = new Set<string>();
  #areSeveral = false;

  /** Looks at the events that are stored already. @throws the driver's error */
  async recall(db: Database): Promise<void> {
    this.#areSeveral = await hasSeveralTenants(db);
  }

  note(events: readonly { readonly body: EventBody }[]): void {
    for (const { body } of events) {
      const tenant = tenantKey(body);
      if (tenant !== undefined && this.#known.size < 2) this.#known.add(tenant);
    }
    this.#areSeveral ||= this.#known.size > 1;
  }

  areSeveral(): boolean {
    return this.#areSeveral;
  }
}
