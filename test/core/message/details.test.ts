// Everything that an event has is said somewhere, and beside our words the vendor's own.
import { expect, it, test } from 'vitest';
import { detailsOf } from '../../../src/core/message/details.ts';
import { eventCard } from '../../../src/core/message/event.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import { subjectOf } from '../../../src/core/message/lines.ts';
import { plainText, word } from '../../../src/kit/card.ts';
import type { EventBody, StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import { sources } from '../../../src/sources/index.ts';
import { storedEvent } from '../../support/events.ts';
import { shownFields } from './shown.ts';

const product = createProductOf([], sources)({ source: 'di', stream: 'event' });
const words = { product, language: createLanguage('en', 'UTC') };

function details(event: StoredEvent): Record<string, string> {
  return shownFields(detailsOf(subjectOf(event), words, { form: 'full', time: [word('T')] }));
}

function ofBody(body: EventBody): Record<string, string> {
  return details(storedEvent({ type: 'X', status: null, action: null, body }));
}

it('gives no line to what the vendor did not say', () => {
  expect(Object.keys(ofBody({}))).toEqual(['Type', 'Severity', 'Event ID', 'Time']);
});

test.each<[string, EventBody, string, string]>([
  ['a trigger beside the type', { trigger: 'Y' }, 'Type', '`X` · `Y`'],
  ['a trigger that is the type once', { trigger: 'X' }, 'Type', '`X`'],
  [
    'the vendor’s severity beside ours',
    { severityRaw: 'VERY_HIGH' },
    'Severity',
    'HIGH (`VERY_HIGH`)',
  ],
  ['the same severity once', { severityRaw: 'HIGH' }, 'Severity', 'HIGH'],
  [
    'words of ours beside the vendor’s',
    { threatType: 'MALWARE_WORM' },
    'Threat Type',
    'Worm (`MALWARE_WORM`)',
  ],
  ['a number of ours where the vendor gives none', {}, 'Event ID', '`#4711`'],
  ['a description as running text', { description: 'a b' }, 'Description', 'prose<a b>'],
  ['a script as it is', { file: { script: 'a\nb' } }, 'Script', 'block<a\nb>'],
  [
    'a process by its command, with its name only if the command hides it',
    { process: { name: 'x.exe', commandLine: 'y.exe -q', user: 'u', id: 7.5 } },
    'Process',
    '`x.exe` · `y.exe -q` · `u` · PID 7',
  ],
  [
    'a process without its name if the command says it',
    { process: { name: 'x.exe', commandLine: 'C:\\x.exe -q' } },
    'Process',
    '`C:\\x.exe -q`',
  ],
])('shows %s', (_title, body, field, expected) => {
  expect(ofBody(body)[field]).toBe(expected);
});

it('leaves counts to the fields, which say them once', () => {
  const said = ofBody({ recurrence: 3, affectedDevices: 2 });
  expect(Object.keys(said).join()).not.toMatch(/Recurrence|Affected/);
});

it('lists the techniques that the fields have no room for', () => {
  const techniques = Array.from({ length: 10 }, (_, index) => ({ id: `T100${index}` }));
  expect(ofBody({ techniques })['MITRE ATT&CK']).toMatch(/^`T1000`, .*`T1007` \+2$/);
  expect(ofBody({ techniques: techniques.slice(0, 2) })).not.toHaveProperty('MITRE ATT&CK');
});

/** The same by other words, or of no use to a reader in a channel. */
const unsaid = new Set(['device.id', 'device.agentVersion', 'file.size', 'file.type', 'link']);

it('says every text that an event has, in the headline, the fields or the details', () => {
  const event = storedEvent();
  const card = eventCard(event, words, { form: 'full', showTenant: true, title: 'number' });
  const all = [card.headline, ...[...card.fields, ...card.details].map(({ value }) => value)]
    .map(plainText)
    .join('\n');
  const missing = textsOf(event.body).filter(
    ([path, text]) => !unsaid.has(path) && !all.includes(text),
  );
  // Paths of processes are said by their commands, and tactics by their techniques.
  expect(missing.map(([path]) => path).sort()).toEqual([
    'observedAt',
    'parentProcess.path',
    'techniques.0.tactic',
  ]);
});

function textsOf(value: object, prefix = ''): [path: string, text: string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    const path = `${prefix}${name}`;
    if (typeof inner === 'string') return [[path, inner]];
    return typeof inner === 'object' && inner !== null ? textsOf(inner, `${path}.`) : [];
  });
}
