// What people write behind `/tocsin`, and what is understood of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandNames, forms, readCommand } from '../../../src/core/chat/command.ts';

const act = { span: undefined, note: undefined };

test.each([
  ['', { name: 'help' }],
  ['  HELP ', { name: 'help' }],
  ['status', { name: 'status' }],
  ['open', { name: 'open' }],
  ['show 6001', { name: 'show', item: '6001' }],
  ['show #17', { name: 'show', item: '#17' }],
  ['why  6001', { name: 'why', item: '6001' }],
  ['search  PC 1 ', { name: 'search', text: 'PC 1' }],
  ['ack 6001', { ...act, name: 'ack', item: '6001' }],
  ['ack 6001 4h', { ...act, name: 'ack', item: '6001', span: '4h' }],
  ['ack 6001 for 4h at it', { name: 'ack', item: '6001', span: '4h', note: 'at it' }],
  ['ack 6001 for ana', { ...act, name: 'ack', item: '6001', note: 'for ana' }],
  ['resolve 6001 4h ago', { ...act, name: 'resolve', item: '6001', note: '4h ago' }],
  ['snooze 6001 1d', { ...act, name: 'snooze', item: '6001', span: '1d' }],
  ['reopen 6001', { ...act, name: 'reopen', item: '6001' }],
  ['escalate 6001 at once', { ...act, name: 'escalate', item: '6001', note: 'at once' }],
  ['note 6001 a  b', { ...act, name: 'note', item: '6001', note: 'a b' }],
  ['ack 6001 4H', { ...act, name: 'ack', item: '6001', span: '4H' }],
  ['ack 6001 4 h at it', { ...act, name: 'ack', item: '6001', span: '4h', note: 'at it' }],
  ['ack 6001 4 hosts', { ...act, name: 'ack', item: '6001', note: '4 hosts' }],
  ['ack 6001 For 4h', { ...act, name: 'ack', item: '6001', span: '4h' }],
  ['snooze `6001\u200B` for 1 d', { ...act, name: 'snooze', item: '6001', span: '1d' }],
  ['show `#17`', { name: 'show', item: '#17' }],
  ['Silence File `6001` For 4 h Preview', { ...silence('file'), isPreview: true }],
  ['silence file 6001 4h', { ...silence('file'), isPreview: false }],
  ['silence device 6001 for 4h preview', { ...silence('device'), isPreview: true }],
  ['silence end 7', { name: 'silence', what: 'end', silence: '7' }],
  ['Silence END `#7\u200B`', { name: 'silence', what: 'end', silence: '7' }],
  ['silences', { name: 'silences' }],
  ['note 1 a\0b\uD800', { ...act, name: 'note', item: '1', note: 'ab\uFFFD' }],
  ['redrive', { name: 'redrive', sink: undefined, expected: undefined }],
  ['redrive soc', { name: 'redrive', sink: 'soc', expected: undefined }],
  ['redrive soc 12', { name: 'redrive', sink: 'soc', expected: 12 }],
  ['redrive 1234567890', { name: 'redrive', sink: '1234567890', expected: undefined }],
  ['redrive 12', { name: 'redrive', sink: undefined, expected: 12 }],
])('%j is %j', (written, command) => {
  expect(readCommand(written)).toEqual(command);
});

function silence(what: 'file' | 'device') {
  return { name: 'silence', what, item: '6001', span: '4h' };
}

test.each([
  ['show'],
  ['show #'],
  ['why #1#2'],
  ['search'],
  ['snooze 6001'],
  ['snooze 6001 soon'],
  ['note 6001'],
  ['escalate'],
  ['silence'],
  ['silence host 6001 4h'],
  ['silence file 6001'],
  ['silence file a#b 4h'],
  ['silence file 6001 4'],
  ['silence file 6001 4h and more'],
  ['silence end'],
  ['silence end x'],
  ['silence end 7 8'],
  ['redrive a b'],
  ['redrive 1 2'],
  [`show ${'1'.repeat(201)}`],
])('%j lacks something', (written) => {
  expect(readCommand(written)).toEqual({ fault: 'incomplete', name: written.split(' ')[0] });
});

test.each(['constructor', 'ackk 1', '--help', '/tocsin', '<!channel>', 'ก'])(
  '%j is unknown',
  (written) => {
    expect(readCommand(written)).toEqual({ fault: 'unknown', word: written.split(' ')[0] });
  },
);

describe('whatever is written', () => {
  const words = fc.array(
    fc.oneof(fc.constantFrom(...commandNames, 'for', 'preview', '4h', '#17', 'file'), fc.string()),
    { maxLength: 8 },
  );

  test('gives a command or a fault, and never throws', () => {
    fc.assert(
      fc.property(words, (parts) => {
        const read = readCommand(parts.join(' '));
        if ('fault' in read) expect(['unknown', 'incomplete']).toContain(read.fault);
        else expect(Object.keys(forms)).toContain(read.name);
      }),
    );
  });

  test('takes a time that grows with its length alone', () => {
    const long = `note 1 ${'a '.repeat(500_000)}`;
    const read = readCommand(long);
    expect('note' in read && read.note?.length).toBeLessThan(2000);
  });
});
