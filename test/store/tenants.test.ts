// Whether the stored events come from several tenants.
import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../src/kit/event.ts';
import { insertPage } from '../../src/store/events.ts';
import { hasSeveralTenants, tenantKey } from '../../src/store/tenants.ts';
import { draft, drafts, useDatabase } from './stored.ts';

const database = useDatabase();
const store = (bodies: readonly EventBody[], from = 0) =>
  insertPage(database(), {
    fence: null,
    source: 'a',
    events: bodies.map((body, n) => ({
      ...{ draft: draft(from + n, { body }), routes: [], decisions: [] },
    })),
    cursor: null,
  });

test('several tenants are there once the stored events name two', async () => {
  const of = (name: string) => ({ tenant: { name } });
  expect(await hasSeveralTenants(database())).toBe(false);
  await store([{}, of('one'), of('one')]);
  expect(await hasSeveralTenants(database())).toBe(false);
  await store([of('two')], 3);
  expect(await hasSeveralTenants(database())).toBe(true);
});

test('a tenant that only older events name is forgotten', async () => {
  await store([{ tenant: { name: 'old' } }]);
  const body = { tenant: { name: 'new' } };
  await store(
    drafts(0, 999).map(() => body),
    1,
  );
  expect(await hasSeveralTenants(database())).toBe(true);
  await store([body], 2000);
  expect(await hasSeveralTenants(database())).toBe(false);
});

describe('the key of a tenant', () => {
  test.each<[string, EventBody, EventBody, boolean]>([
    ['the same name', { tenant: { name: 'a' } }, { tenant: { name: 'a', id: '1' } }, true],
    ['another name', { tenant: { name: 'a' } }, { tenant: { name: 'b' } }, false],
    [
      'the same name at another provider',
      { tenant: { name: 'a', provider: 'p' } },
      { tenant: { name: 'a', provider: 'q' } },
      false,
    ],
    ['no tenant', {}, { tenant: { name: 'a' } }, false],
  ])('compares %s', (_, one, other, isSame) => {
    expect(tenantKey(one) === tenantKey(other)).toBe(isSame);
  });

  test('is undefined without a tenant', () => {
    expect(tenantKey({})).toBeUndefined();
  });
});
