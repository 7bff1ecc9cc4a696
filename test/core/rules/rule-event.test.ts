// What expressions see of an event: every declared field, of the declared type, whatever the vendor
// left out and however long it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventFacts } from '../../../src/core/rules/match.ts';
import { expressionFacts, expressionFields } from '../../../src/core/rules/rule-event.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';

const bare: EventFacts = {
  stream: 'event',
  type: 'T',
  severity: 0,
  status: null,
  action: null,
  body: {},
};

/** Of each field in the schema's form what the value is, so that both can be compared. */
function formOf(value: unknown): unknown {
  if (typeof value === 'bigint') return 'int';
  if (Array.isArray(value))
    return value.every((entry) => typeof entry === 'string') ? 'list<string>' : 'list';
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, formOf(inner)]));
}

describe('the facts of an event', () => {
  test('are there, "" or 0 or an empty list, if the vendor said nothing', () => {
    const facts = expressionFacts('di', bare);
    expect(formOf(facts)).toEqual(expressionFields);
    expect(facts).toMatchObject({
      status: '',
      user: '',
      recurrence: 0n,
      device: { name: '' },
      file: { size: 0n },
    });
    expect(facts).toMatchObject({
      severity: 0n,
      severityName: 'UNKNOWN',
      techniques: [],
      process: { commandLine: '' },
    });
  });

  test('are what the vendor said', () => {
    const person = { name: 'cmd.exe', path: 'C:\\cmd.exe', commandLine: 'cmd /c', user: 'ann' };
    const device = {
      id: 'd',
      name: 'SRV',
      os: 'o',
      osVersion: '1',
      ip: '10.0.0.1',
      mac: 'm',
      domain: 'x',
      group: 'g',
      policy: 'p',
    };
    const file = {
      name: 'f',
      path: 'fp',
      script: 's',
      hash: 'h',
      type: 'exe',
      signer: 'ACME',
      size: 7,
    };
    const texts = {
      lastAction: 'l',
      threatType: 'tt',
      trigger: 'tr',
      description: 'de',
      comment: 'co',
      user: 'u',
      remoteIp: 'r',
    };
    const tenant = { id: 't', name: 'n', provider: 'pr' };
    const parent = { ...person, name: 'winword.exe' };
    const techniques = [{ id: 'T1059.001', name: 'PowerShell' }, { id: 'T1486' }];
    const change = {
      ...{ source: 'di', externalId: '1' },
      fields: [
        { name: 'status', from: 'OPEN', to: 'CLOSED' },
        { name: 'comment', from: null, to: 'known' },
      ],
    };
    const body = {
      ...texts,
      change,
      device,
      tenant,
      file,
      process: person,
      parentProcess: parent,
      techniques,
      recurrence: 3,
      affectedDevices: 2,
    };
    const event = {
      ...bare,
      type: 'X',
      severity: 4,
      status: 'OPEN',
      action: 'DETECTED',
      body,
    } as const;
    const expected = {
      ...texts,
      source: 'di',
      stream: 'event',
      type: 'X',
      severity: 4n,
      severityName: 'HIGH',
      status: 'OPEN',
      action: 'DETECTED',
      recurrence: 3n,
      affectedDevices: 2n,
      device,
      tenant,
      file: { ...file, size: 7n },
      process: person,
      parentProcess: parent,
      techniques: ['T1059.001', 'T1486'],
      change: { from: 'OPEN', to: 'CLOSED', fields: ['status', 'comment'] },
    };
    expect(expressionFacts('di', event)).toEqual(expected);
    const times = { occurredAt: null, receivedAt: '2026-01-02T03:04:05.000Z' };
    const stored: StoredEvent = {
      ...event,
      ...times,
      id: 1,
      source: 'di',
      externalId: '1',
      subject: 'event/1',
    };
    expect(expressionFacts(stored.source, stored)).toEqual(expected);
  });

  test('are of their length at most: 10,000 characters, 100 techniques of 100', () => {
    const long = 'a'.repeat(1_000_000);
    const techniques = Array.from({ length: 10_000 }, () => ({ id: long }));
    const facts = expressionFacts('di', {
      ...bare,
      type: long,
      status: long,
      action: long,
      body: {
        user: long,
        device: { name: long },
        file: { script: long },
        process: { commandLine: long },
        techniques,
      },
    });
    const seen = [
      facts.type,
      facts.status,
      facts.action,
      facts.user,
      facts.device.name,
      facts.file.script,
    ];
    expect([...seen, facts.process.commandLine].map((text) => text.length)).toEqual(
      Array(7).fill(10_000),
    );
    expect(facts.techniques.map((id) => id.length)).toEqual(Array(100).fill(100));
  });

  test('have whole numbers, 0 for what is none', () => {
    const numbers = {
      file: { size: Number.NaN },
      recurrence: Number.POSITIVE_INFINITY,
      affectedDevices: 2.9,
    };
    const facts = expressionFacts('di', { ...bare, body: numbers });
    expect([facts.file.size, facts.recurrence, facts.affectedDevices]).toEqual([0n, 0n, 2n]);
  });

  test('have the declared types whatever stands in the fields of a body', () => {
    const groups = ['device', 'tenant', 'file', 'process', 'parentProcess'] as const;
    const keys = [
      ...Object.keys(expressionFields),
      ...groups.flatMap((group) => Object.keys(expressionFields[group])),
    ];
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const fields = fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor'), anything);
    const body = fc
      .tuple(fields, ...groups.map(() => fc.option(fields)), fc.array(fc.record({ id: anything })))
      .map(([own, device, tenant, file, process, parentProcess, techniques]) => ({
        ...(own as object),
        ...{ device, tenant, file, process, parentProcess, techniques },
      }));
    fc.assert(
      fc.property(body, (some) => {
        const facts = expressionFacts('di', { ...bare, body: some as EventFacts['body'] });
        expect(formOf(facts)).toEqual(expressionFields);
      }),
    );
  });
});
