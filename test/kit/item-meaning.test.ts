// What expressions make of one item. Whole batches are tested at the sources that use it.
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  createMeaning,
  type Known,
  meaningSettings,
  meaningWarnings,
  meantEvent,
  overOf,
  unmeantItem,
  withOver,
} from '../../src/kit/item-meaning.ts';
import { parsePieces } from '../../src/kit/json-pieces.ts';
import { faultsOf } from '../contract/draft-faults.ts';

const schema = z.strictObject(meaningSettings);
const read = (settings: object, body: object) => {
  const meaning = createMeaning(schema.parse(settings));
  const pieces = parsePieces(JSON.stringify(body));
  const found = meaning.found(pieces.value);
  return { found, read: (item: unknown = pieces.value) => meaning.read({ pieces, item }) };
};

test('the list is where it is said to be, and nowhere else', () => {
  expect(read({ items: 'body.a' }, { a: [1] }).found).toEqual([1]);
  expect(read({ items: 'body.b' }, { a: [1] }).found).toBeUndefined();
  expect(read({}, { a: [1] }).found).toBeUndefined();
});

test('an item that is over is read, and closes what was reported', () => {
  const settings = { id: 'item.id', resolved: 'item.over', fields: { status: 'item.state' } };
  const { draft, isOver } = read(settings, { id: 7, over: true, state: 'done' }).read();
  expect([draft.externalId, draft.stream, isOver]).toEqual(['7', 'event', true]);
  expect(overOf(draft, 'edr')).toMatchObject({
    ...{ externalId: '7/resolved', subject: 'event/7', stream: 'change' },
    body: {
      change: {
        ...{ source: 'edr', externalId: '7', closing: 'closed' },
        fields: [{ name: 'status', from: null, to: 'done' }],
      },
    },
  });
  expect(withOver(draft, true, 'edr').map(({ externalId }) => externalId)).toEqual([
    '7',
    '7/resolved',
  ]);
  expect(withOver(draft, false, 'edr')).toEqual([draft]);
  expect(withOver({ ...draft, type: 'UNRECOGNISED' }, true, 'edr').length).toBe(1);
  expect(read(settings, { id: 7, over: 'true' }).read().isOver).toBe(false);
});

test('what is no object, or has no id, is not understood', () => {
  expect(read({}, {}).read(5)).toMatchObject({ draft: { type: 'UNRECOGNISED' }, isOver: false });
  expect(read({ id: 'item.id' }, { a: 1 }).read().draft.type).toBe('UNRECOGNISED');
});

const raw = '{"id":"a","level":"sev1","host":"pc-1"}';
const known: Known = {
  ...{ id: 'm-1', itemId: 'm-1', type: 'alert.raised', severity: 3, severityRaw: '5.5' },
  ...{ time: '2026-03-01T02:03:04Z', status: 'new', body: { trigger: 'scanner' } },
};

function made(settings: object, more: { known?: Known; item?: unknown } = {}) {
  const item: unknown = more.item ?? JSON.parse(raw);
  const pieces = { value: { item }, sourceOf: () => undefined };
  const envelope = { raw, known: more.known ?? {} };
  const read = createMeaning(schema.parse(settings)).read({ pieces, item, envelope });
  const event = meantEvent(read, 'tool');
  expect(faultsOf(event)).toEqual([]);
  return event;
}

test('what the envelope says counts where there is no expression', () => {
  expect(made({}, { known })).toMatchObject({
    ...{ externalId: 'm-1', subject: 'event/m-1', type: 'alert.raised', severity: 3 },
    ...{ status: 'new', occurredAt: '2026-03-01T02:03:04.000Z' },
    body: { itemId: 'm-1', severityRaw: '5.5', trigger: 'scanner' },
  });
});

test('an expression counts more', () => {
  const settings = {
    ...{ id: 'item.id', event_type: '"DISK"', severity: 'item.level', time: '1772330585' },
    ...{ severity_map: { sev1: 'CRITICAL' }, event_link: 'https://tool.example.com/{id}' },
    fields: { status: '"old"', trigger: '"rule-1"', 'device.name': 'item.host' },
  };
  expect(made(settings, { known })).toMatchObject({
    ...{ externalId: 'a', type: 'DISK', severity: 5, status: 'old' },
    occurredAt: '2026-03-01T02:03:05.000Z',
    body: {
      ...{ itemId: 'a', severityRaw: 'sev1', trigger: 'rule-1', device: { name: 'pc-1' } },
      link: 'https://tool.example.com/a',
    },
  });
});

test('with neither, the bytes are its id', () => {
  const event = made({});
  expect(event).toMatchObject({ type: 'ALERT', severity: 0, occurredAt: null, status: null });
  expect(event.externalId).toMatch(/^sha256:/);
  expect(event.body).toEqual({});
});

test('an expression that finds nothing makes an item that nobody understands', () => {
  expect(made({ id: 'item.nr' }, { known })).toEqual(unmeantItem(raw));
  expect(made({ event_type: 'item.kind' }, { known }).type).toBe('UNRECOGNISED');
  expect(made({ severity: 'item.gravity' }, { known }).severity).toBe(0);
});

test('an item may be a text', () => {
  const settings = { severity: 'item.startsWith("disk") ? "HIGH" : "LOW"' };
  expect(made(settings, { item: 'disk is full' }).severity).toBe(4);
});

test('what is over closes the item of its id', () => {
  expect(made({ id: 'item.id', resolved: 'item.level == "sev1"' })).toMatchObject({
    ...{ externalId: 'a/resolved', subject: 'event/a', stream: 'change' },
    body: { change: { source: 'tool', externalId: 'a', closing: 'closed' } },
  });
});

test('resolved without an id is remarked', () => {
  expect(meaningWarnings({ resolved: 'item.over' })).toHaveLength(1);
  expect(meaningWarnings({ resolved: 'item.over', id: 'item.id' })).toEqual([]);
  expect(meaningWarnings({})).toEqual([]);
});
