// What comes again is made once, and is the same as what would be made anew.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventCard } from '../../../src/core/message/event.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import { kept, Rules, rule, subjectOf } from '../../../src/core/message/lines.ts';
import { code } from '../../../src/core/message/text.ts';
import type { Field } from '../../../src/kit/card.ts';
import type { EventBody, StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import { sources } from '../../../src/sources/index.ts';
import { storedEvent } from '../../support/events.ts';

const product = createProductOf([], sources)({ source: 'di', stream: 'event' });
const vocabulary = () => ({ product, language: createLanguage('en', 'UTC') });
const ofPolicy = (policy: string | undefined) =>
  subjectOf(storedEvent({ body: policy === undefined ? {} : { device: { policy } } }));

describe('a rule for what comes again', () => {
  let made = 0;
  const policy = kept(
    rule('policy', 200, 10, ({ body }, { max }) => {
      made += 1;
      return code(body.device?.policy, max);
    }),
    ({ body }) => body.device?.policy,
  );
  const countedOf = (policies: readonly (string | undefined)[], words = vocabulary()) => {
    const rules = new Rules([policy]);
    made = 0;
    const fields: Field[] = [];
    for (const name of policies) rules.addTo(fields, ofPolicy(name), words, 'full');
    return { made, fields };
  };

  it('makes a line once, as one object that says so', () => {
    const { fields, made } = countedOf(['Servers', 'Clients', 'Servers']);
    expect(made).toBe(2);
    expect(fields[2]).toBe(fields[0]);
    expect(fields[0]).toEqual({
      name: [{ kind: 'word', text: 'Policy' }],
      value: code('Servers', 20),
      constant: { units: 8 + 6 + 8 + 7 },
    });
  });

  it('keeps as well that there is nothing to see', () => {
    expect(countedOf([' ', ' '])).toEqual({ made: 1, fields: [] });
  });

  it('makes a line of its own of a text that is long, and none where there is no text', () => {
    const long = 'x'.repeat(101);
    const { fields, made } = countedOf([long, long, undefined]);
    expect(made).toBe(3);
    expect(fields.map(({ constant }) => constant)).toEqual([undefined, undefined]);
  });

  it('keeps no more than it may', () => {
    const names = Array.from({ length: 501 }, (_, index) => `policy ${index}`);
    // The last one pushed out all others.
    expect(countedOf([...names, names[500], names[0]]).made).toBe(502);
    expect(countedOf([...names.slice(0, 500), names[0]]).made).toBe(500);
  });

  it('cuts by the form, and keeps the forms and the vocabularies apart', () => {
    const rules = new Rules([policy]);
    const fields: Field[] = [];
    const subject = ofPolicy('a long name of a policy');
    const words = vocabulary();
    rules.addTo(fields, subject, words, 'full');
    rules.addTo(fields, subject, words, 'short');
    rules.addTo(fields, subject, { ...words, language: createLanguage('th', 'UTC') }, 'full');
    expect(fields.map(({ value }) => value[0]!.text)).toEqual([
      'a long name of a policy',
      'a lon…licy',
      'a long name of a policy',
    ]);
    expect(fields[2]!.name).not.toEqual(fields[0]!.name);
  });
});

/** Few texts, so that events share some of them and differ in others. */
const text = fc.constantFrom('', 'A', 'DETECTED', 'OPEN', 'MALICIOUS_FILE', 'HIGH', '<b>', 'ไทย');
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const technique = fc.record({ id: text, name: text }, { requiredKeys: ['id'] });
const body = fc.record(
  {
    severityRaw: text,
    lastAction: text,
    trigger: text,
    threatType: text,
    device: fc.record(
      { name: text, os: text, osVersion: text, domain: text, group: text, policy: text },
      { requiredKeys: [] },
    ),
    tenant: fc.record({ name: text, provider: text }, { requiredKeys: [] }),
    file: fc.record({ signer: text, name: text }, { requiredKeys: [] }),
    techniques: fc.array(technique, { maxLength: 3 }),
    recurrence: fc.integer({ min: 0, max: 3 }),
    affectedDevices: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: [] },
);
const event = fc
  .record({
    type: text,
    status: some(text),
    action: some(text),
    body,
    severity: fc.nat({ max: 5 }),
  })
  .map(({ status = null, action = null, severity, ...rest }) =>
    storedEvent({
      ...rest,
      status,
      action,
      severity: severity as StoredEvent['severity'],
      body: rest.body as EventBody,
    }),
  );

it('a card is the same whatever cards were made before it', () => {
  const words = vocabulary();
  const options = { showTenant: true, title: 'number' } as const;
  fc.assert(
    fc.property(event, fc.constantFrom('full' as const, 'short' as const), (event, form) => {
      const anew = eventCard(event, vocabulary(), { ...options, form });
      expect(eventCard(event, words, { ...options, form })).toEqual(anew);
    }),
    { numRuns: 1_000 },
  );
});
