// How bad an event is: by the vendor's word for it, and where there is none by its type and stream.
import { describe, expect, test } from 'vitest';
import { severityOf } from '../../../src/sources/deepinstinct/severity.ts';
import { draftOf } from './drafts.ts';

describe('the severity', () => {
  test.each([
    ['VERY_HIGH', 5],
    ['CRITICAL', 5],
    ['HIGH', 4],
    ['MODERATE', 3],
    ['MEDIUM', 3],
    ['LOW', 2],
    ['NONE', 1],
    ['NA', 1],
    ['VERY_LOW', 1],
    ['INFO', 1],
    ['constructor', 0],
    ['SEVERE', 0],
    [7, 0],
  ])('of the word %s is %i, and the word is kept', (word, severity) => {
    for (const stream of ['event', 'suspicious'] as const) {
      const draft = draftOf({ type: 'RANSOMWARE_FILE_ENCRYPTION', threat_severity: word }, stream);
      expect(draft.severity).toBe(severity);
      expect(draft.body.severityRaw).toBe(String(word));
    }
  });

  test.each([undefined, null, '', ' '])('of no word (%j) follows from type and stream', (word) => {
    expect(draftOf({ type: 'CREDENTIAL_DUMP', threat_severity: word }).severity).toBe(4);
    const { body } = draftOf({ type: 'CREDENTIAL_DUMP', threat_severity: word });
    expect(body.severityRaw).toBeUndefined();
    expect(
      draftOf({ type: 'SCRIPT_CONTROL_COMMAND', threat_severity: word }, 'suspicious').severity,
    ).toBe(2);
    expect(draftOf({ type: 'FIREWALL_OFF', threat_severity: word }).severity).toBe(1);
    expect(draftOf({ type: 'STATIC_ANALYSIS', threat_severity: word }).severity).toBe(0);
  });
});

test.each([
  ['low', 'RANSOMWARE_FILE_ENCRYPTION', 'event', 2],
  ['toString', 'CREDENTIAL_DUMP', 'event', 0],
  [undefined, 'RANSOMWARE_FILE_ENCRYPTION', 'event', 5],
  [undefined, 'RANSOMWARE_FILE_ENCRYPTION', 'suspicious', 5],
  [undefined, 'CREDENTIAL_DUMP', 'event', 4],
  [undefined, 'CREDENTIAL_DUMP', 'suspicious', 2],
  [undefined, 'FIREWALL_OFF', 'event', 1],
  [undefined, 'FIREWALL_OFF', 'suspicious', 2],
  [undefined, 'A_TYPE_OF_THE_FUTURE', 'event', 0],
] as const)('the word %s for a %s of the %s stream is %i', (word, type, stream, severity) => {
  expect(severityOf(word, type, stream)).toBe(severity);
});
