// The tenant that a schedule's source reads: numbered items, an exclusive cursor, pages of three.
import type { EventDraft, Severity } from '../../src/kit/event.ts';
import type { Page } from '../../src/kit/source.ts';
import { draft } from '../store/stored.ts';

/** How the far end takes cards of this item: gladly, or with a 500 or 400 unless bare, or never. */
export type Nature = 'plain' | 'fails' | 'refused' | 'hopeless';

export interface Item {
  readonly id: number;
  readonly generation: number;
  readonly severity: Severity;
  readonly nature: Nature;
}

export type PageShape = 'plain' | 'overlapping' | 'doubled';

const pageMax = 3;

export interface Tenant {
  readonly generation: number;
  /** Of all generations, as long as something about them is promised. */
  items(): readonly Item[];
  add(severity: Severity, nature: Nature): void;
  /** Built anew, and the operator said so: its numbers begin again. What was not read is gone. */
  rebuild(isRead: (item: Item) => boolean): void;
  page(cursor: string | null, shape: PageShape): Page;
}

/** The dedupe key under which an item is stored. */
export const externalIdOf = ({ id, generation }: Item) =>
  generation > 1 ? `g${generation}/${id}` : String(id);

export function createTenant(): Tenant {
  let generation = 1;
  let items: Item[] = [];
  let past: Item[] = [];
  return {
    get generation() {
      return generation;
    },
    items: () => [...past, ...items],
    add(severity, nature) {
      items.push({ id: items.length + 1, generation, severity, nature });
    },
    rebuild(isRead) {
      past = [...past, ...items.filter(isRead)];
      items = [];
      generation += 1;
    },
    page(cursor, shape) {
      const from = Number(cursor ?? 0);
      const fresh = items.slice(from, from + pageMax);
      const overlap = shape === 'overlapping' ? items.slice(Math.max(0, from - 2), from) : [];
      const events = [...overlap, ...fresh, ...(shape === 'doubled' ? fresh : [])].map(toDraft);
      return {
        events,
        cursor: fresh.length > 0 ? String(from + fresh.length) : null,
        more: fresh.length > 0,
      };
    },
  };
}

const toDraft = ({ id, severity }: Item): EventDraft => draft(id, { severity });
