// When cards must name their tenant.
import { describe, expect, test } from 'vitest';
import { Tenants } from '../../../src/core/intake/tenants.ts';
import { draft, storePage, useDatabase } from '../../store/stored.ts';

const of = (name: string, provider = 'p') => ({ body: { tenant: { provider, name } } });
const unnamed = { body: {} };

describe('tenants', () => {
  test.each([
    ['none', [], false],
    ['an event that names none', [unnamed], false],
    ['one tenant, often', [of('a'), unnamed, of('a')], false],
    ['two tenants', [of('a'), of('b')], true],
    ['one name at two providers', [of('a', 'p'), of('a', 'q')], true],
  ])('of %s', (_title, events, expected) => {
    const together = new Tenants();
    together.note(events);
    expect(together.areSeveral()).toBe(expected);
    const onePageEach = new Tenants();
    for (const event of events) onePageEach.note([event]);
    onePageEach.note([unnamed]);
    expect(onePageEach.areSeveral()).toBe(expected);
  });
});

describe('after a restart', () => {
  const database = useDatabase();

  test.each([
    ['one tenant', ['a', 'a'], false],
    ['two tenants', ['a', 'b'], true],
  ])('the stored events of %s are recalled', async (_title, names, expected) => {
    const events = names.map((name, n) => draft(n + 1, of(name)));
    await storePage(database(), { events });
    const tenants = new Tenants();
    await tenants.recall(database());
    expect(tenants.areSeveral()).toBe(expected);
  });
});
