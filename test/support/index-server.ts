// A search index on loopback: answers by time and id, behind the values of the last hit.
import { type FarEnd, startFarEnd } from './far-end.ts';

export interface Hit {
  readonly _id: string;
  /** ISO 8601, as in the document. */
  readonly at: string;
  readonly _source: object;
}

/** Must be called within a test. @param sizeMax of a page, whatever was asked for */
export async function startIndex(sizeMax: number): Promise<FarEnd & { readonly hits: Hit[] }> {
  const hits: Hit[] = [];
  const farEnd = await startFarEnd(({ body }, response) => {
    const {
      query,
      search_after: after,
      size,
    } = JSON.parse(body) as {
      query: { bool: { filter: [{ range: { '@timestamp': { gte: string; lte: string } } }] } };
      search_after?: [number, string];
      size: number;
    };
    const { gte, lte } = query.bool.filter[0].range['@timestamp'];
    const found = hits
      .filter(({ at }) => at >= gte && at <= lte)
      .map(({ at, ...hit }) => ({ ...hit, sort: [Date.parse(at), hit._id] as const }))
      .toSorted((a, b) => a.sort[0] - b.sort[0] || (a._id < b._id ? -1 : 1))
      .filter(
        ({ sort: [ms, id] }) =>
          after === undefined || ms > after[0] || (ms === after[0] && id > after[1]),
      )
      .slice(0, Math.min(size, sizeMax));
    response.setHeader('date', 'Sun, 01 Mar 2026 12:00:00 GMT');
    response.end(
      JSON.stringify({ timed_out: false, _shards: { failed: 0 }, hits: { hits: found } }),
    );
  });
  return { ...farEnd, hits };
}
