// Reading an index by its search, oldest first: OpenSearch and its kin. Pages go on behind the last hit,
// by its stamp and a second field that tells apart what has the same one.
import { recordOf } from '../pushed-item.ts';
import type { PollPlan } from './plan.ts';
import type { Json } from './template.ts';

export interface SearchedIndex {
  /** Without a slash at its end. */
  readonly url: string;
  /** Or an alias, or a pattern of them. */
  readonly index: string;
  /** The field of the time, by which it is read. */
  readonly stamp: string;
  /** A field that is different for each document and can be sorted by. */
  readonly tieBreaker: string;
  /** Further conditions, in the language of the search. */
  readonly filters?: readonly Json[];
  readonly exceptions?: readonly Json[];
}

const pageSize = 500;

export function searchOf({
  url,
  index,
  stamp,
  tieBreaker,
  filters = [],
  exceptions = [],
}: SearchedIndex): Pick<PollPlan, 'request' | 'paging' | 'isAscending' | 'read' | 'stampOf'> {
  const range = { range: { [stamp]: { gte: '{since}', lte: '{until}' } } };
  return {
    request: {
      ...{ method: 'POST', headers: {}, query: {}, times: 'iso' },
      // A pattern that matches no index would be an empty answer for ever.
      url: `${url}/${encodeURIComponent(index)}/_search?allow_no_indices=false`,
      body: {
        ...{ size: pageSize, track_total_hits: false },
        // Finer stamps would not fit into a number of JSON.
        sort: [
          { [stamp]: { order: 'asc', unmapped_type: 'date', numeric_type: 'date' } },
          { [tieBreaker]: { order: 'asc' } },
        ],
        query: { bool: { filter: [range, ...filters], must_not: exceptions } },
        search_after: '{cursor}',
      },
    },
    paging: {
      kind: 'cursor',
      next(body) {
        const hits = hitsOf(body) ?? [];
        return hits.length < pageSize ? undefined : recordOf(hits.at(-1)).sort;
      },
    },
    isAscending: true,
    read: (body) => ({ items: hitsOf(body), fault: faultOf(body) }),
    stampOf({ item }) {
      const { sort } = recordOf(item);
      return Array.isArray(sort) ? sort[0] : recordOf(recordOf(item)._source)[stamp];
    },
  };
}

function hitsOf(body: unknown): readonly unknown[] | undefined {
  const { hits } = recordOf(recordOf(body).hits);
  return Array.isArray(hits) ? hits : undefined;
}

/** A search that did not look everywhere is answered with 200, too. */
function faultOf(body: unknown): string | undefined {
  const { timed_out: isLate, _shards: shards } = recordOf(body);
  if (isLate === true) return 'is of a search that ran out of time';
  const { failed } = recordOf(shards);
  return typeof failed === 'number' && failed > 0
    ? `lacks what ${failed} of the shards hold, which failed`
    : undefined;
}
