// Streams in the document are those that the API has.
import { expect, test } from 'vitest';
import { streamPlaces } from '../../../src/http/api/document-streams.ts';
import { createTestApi } from './table.ts';

test.each(streamPlaces.map(({ path }) => path))(
  '%s answers GET, and nothing else',
  async (path) => {
    const { app } = createTestApi({ contextOf: () => undefined });
    expect((await app.request(path)).status).toBe(503);
    expect((await app.request(path, { method: 'POST' })).status).toBe(405);
  },
);
