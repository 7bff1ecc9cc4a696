// The recorded shapes as the contract suite wants them: each page with the cursor before it and the
// events that it holds.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PageFixture } from '../../contract/source-suite.ts';
import { cursorAt } from './fake-tenant.ts';

export const emptyPage = '{"last_id": null, "events": []}';
export const brokenPages = [
  '[]',
  '{"msg": "Token has expired"}',
  '{"message": "Internal Server Error", "last_id": null}',
  '{"last_id": 3}',
  '{"events": {}}',
  '{"events": "none"}',
  '{"events": [], "last_id": "next"}',
  '{"events": [null]}',
];

export const configOf = (origin: string) => ({
  url: origin,
  token: 'key-of-an-api-connector',
  start_from: 'all',
});

const hashOf = (bytes: string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * Written down, not computed: what each page is known to hold. The cursor before it is one less
 * than the first number.
 */
const expected: Readonly<Record<string, PageFixture['events']>> = {
  'events-2.3': [['1', 'STATIC_ANALYSIS']],
  'events-5': [
    ['17544', 'STATIC_ANALYSIS'],
    ['17545', 'STATIC_ANALYSIS'],
    ['17546', 'STATIC_ANALYSIS'],
  ],
  'events-behavioural': [
    ['20001', 'RANSOMWARE_FILE_ENCRYPTION'],
    ['20002', 'RANSOMWARE_FILE_ENCRYPTION'],
    ['20003', 'REMOTE_CODE_INJECTION_EXECUTION'],
    ['20004', 'KNOWN_SHELLCODE_PAYLOADS'],
    ['20005', 'ARBITRARY_SHELLCODE'],
    ['20006', 'REFLECTIVE_DLL'],
    ['20007', 'REFLECTIVE_DOTNET'],
    ['20008', 'AMSI_BYPASS'],
    ['20009', 'CREDENTIAL_DUMP'],
    ['20010', 'DIRECT_SYSTEMCALLS'],
    ['20011', 'SUSPICIOUS_SCRIPT_EXCECUTION'],
    ['20012', 'MALICIOUS_POWERSHELL_COMMAND_EXECUTION'],
    ['20013', 'STATIC_ANALYSIS'],
    ['20014', 'MALICIOUS_JS_EXECUTION'],
    ['20015', 'DEEP_MEMORY_SCANNING'],
    ['20016', 'PROCESS_TAMPERING'],
    ['20017', 'D_CLIENT_UNINSTALL'],
    ['20018', 'A_TYPE_OF_THE_FUTURE'],
  ],
  'suspicious-events-3.3': [
    ['1234', 'SUSPICIOUS_ACTIVITY'],
    ['1235', 'SUSPICIOUS_ACTIVITY'],
  ],
  'suspicious-events-5': [
    ['14539', 'SCRIPT_CONTROL_COMMAND'],
    ['14546', 'SUSPICIOUS_POWERSHELL_COMMAND_EXECUTION'],
    ['14547', 'SCRIPT_CONTROL_PATH'],
  ],
  unrecognisable: [
    ['801', 'UNRECOGNISED'],
    ['802', 'UNRECOGNISED'],
    ['803', 'STATIC_ANALYSIS'],
    ...[
      'null',
      '17',
      '"text"',
      '[]',
      '{"no": "id"}',
      '{"id": 0, "type": "STATIC_ANALYSIS"}',
      '{"id": "seven", "type": "STATIC_ANALYSIS"}',
      '{"id": 9007199254740993, "type": "STATIC_ANALYSIS"}',
    ].map((bytes): readonly [string, string] => [hashOf(bytes), 'UNRECOGNISED']),
  ],
};

export function fixtureOf(name: string): PageFixture {
  const body = readFileSync(
    new URL(`../../fixtures/deepinstinct/${name}.json`, import.meta.url),
    'utf8',
  );
  const events = expected[name]!;
  const before = Number(events[0]![0]) - 1;
  return { name, body, cursor: cursorAt(before, null, before), events };
}
