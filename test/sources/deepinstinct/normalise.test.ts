// Items of every release and type, as normalised; and that nothing on the wire makes it throw or
// lose bytes.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventDraft } from '../../../src/kit/event.ts';
import { linkOf, normalise } from '../../../src/sources/deepinstinct/normalise.ts';
import { parsePage } from '../../../src/sources/deepinstinct/page.ts';
import type { Stream } from '../../../src/sources/deepinstinct/stream.ts';
import { faultsOf } from '../../contract/draft-faults.ts';
import { bodyOf, draftsOf, fixture, link } from './drafts.ts';

test('bodies and what is in them have one shape each, whatever the vendor reports', () => {
  const suspicious = draftsOf(fixture('suspicious-events-5'), 'suspicious');
  const drafts = [...draftsOf(fixture('events-5')), ...suspicious];
  const bodies = [...drafts.map(({ body }) => body), bodyOf({}), bodyOf({ file_hash: 'a' })];
  for (const part of [null, 'device', 'file', 'tenant', 'process', 'parentProcess'] as const) {
    const objects = bodies.map((body) => (part === null ? body : body[part]));
    const shapes = objects
      .filter((object) => object !== undefined)
      .map((object) => Object.keys(object));
    expect(shapes.length).toBeGreaterThan(1);
    expect(new Set(shapes.map(String)).size, `shapes of ${part ?? 'bodies'}`).toBe(1);
  }
});

describe('events of 5.x', () => {
  const drafts = draftsOf(fixture('events-5'));

  test('keep all that the vendor says', () => {
    const { raw, ...draft } = drafts[0]!;
    expect(draft).toEqual({
      externalId: '17544',
      subject: 'event/17544',
      stream: 'event',
      type: 'STATIC_ANALYSIS',
      severity: 3,
      status: 'OPEN',
      action: 'PREVENTED',
      occurredAt: '2026-03-04T05:10:01.250Z',
      body: {
        itemId: '17544',
        severityRaw: 'MODERATE',
        observedAt: '2026-03-04T05:10:01.900Z',
        lastAction: 'QUARANTINE_FAILED',
        trigger: 'MALICIOUS_FILE',
        threatType: 'DUAL_USE_DISK_ENCRYPTION_TOOL',
        description: 'PE file identified as Dual Use - Disk Encryption Tool.',
        device: {
          id: '510',
          name: 'WS-010',
          os: 'WINDOWS',
          osVersion: 'Windows 11 Pro',
          ip: '192.0.2.10',
          mac: '00:00:5e:00:53:0a',
          agentVersion: '5.2.0101.7',
        },
        user: 'WS-010\\ann',
        tenant: { name: 'โรงพยาบาลตัวอย่าง', id: '11', provider: 'บริษัท ตัวอย่าง จำกัด' },
        file: {
          name: 'tool.exe',
          path: 'C:\\Temp\\tool.exe',
          hash: 'a1'.repeat(32),
          size: 345_678,
          type: 'PE',
          signer: 'Example Software Ltd',
        },
        process: { name: 'setup.exe', commandLine: '"C:\\Temp\\setup.exe" /quiet', id: 5600 },
        parentProcess: {
          name: 'wininit.exe',
          commandLine: 'wininit.exe',
          user: 'SYSTEM',
          id: 1200,
        },
        recurrence: 1,
        affectedDevices: 1,
        link,
      },
    });
    expect(fixture('events-5')).toContain(raw);
  });

  test('say how often and how exactly, and leave out what is empty', () => {
    const [, { severity, body }] = drafts as [EventDraft, EventDraft, EventDraft];
    expect(severity).toBe(5);
    expect(body).toMatchObject({
      recurrence: 9,
      techniques: [{ id: 'T1204.002', name: 'Malicious File', tactic: 'Execution' }],
    });
    expect(body.user).toBeUndefined();
    expect(body.process).toBeUndefined();
    expect(JSON.stringify(body)).not.toContain('domain');
    expect(body.file).toMatchObject({ name: '.0000-example', hash: 'c3'.repeat(32) });
  });

  test('may be as bare as the reopened link file', () => {
    const { raw: _raw, ...draft } = drafts[2]!;
    expect(draft).toEqual({
      externalId: '17546',
      subject: 'event/17546',
      stream: 'event',
      type: 'STATIC_ANALYSIS',
      severity: 0,
      status: 'REOPEN',
      action: 'DETECTED',
      occurredAt: '2026-03-04T05:20:00.000Z',
      body: {
        itemId: '17546',
        observedAt: '2026-03-04T05:20:03.000Z',
        trigger: 'MALICIOUS_FILE',
        device: { id: '512', name: 'device #512' },
        file: { name: 'USB DRIVE (16GB).lnk', path: 'E:\\USB DRIVE (16GB).lnk', type: 'LNK' },
        link,
      },
    });
  });
});

test('events of 2.3 send nulls, their first recurrence as 0, and old names', () => {
  const [{ raw: _raw, ...draft }] = draftsOf(fixture('events-2.3')) as [EventDraft];
  expect(draft).toEqual({
    externalId: '1',
    subject: 'event/1',
    stream: 'event',
    type: 'STATIC_ANALYSIS',
    severity: 1,
    status: 'CLOSED',
    action: 'PREVENTED',
    occurredAt: '2020-04-09T14:49:41.154Z',
    body: {
      itemId: '1',
      severityRaw: 'NONE',
      observedAt: '2020-04-09T14:49:41.170Z',
      trigger: 'BRAIN',
      threatType: 'DROPPER',
      device: {
        id: '1',
        name: 'Mock_1',
        os: 'WINDOWS',
        mac: '00:00:5e:00:53:40',
        group: 'Windows Default Group',
        policy: 'Windows Default Policy',
      },
      tenant: { name: 'Tenant 1', id: '1', provider: 'MSP 1' },
      file: {
        name: 'file.exe',
        path: 'c:\\temp\\file.exe',
        hash: 'f6'.repeat(32),
        size: 18_127_052,
        type: 'ZIP',
      },
      recurrence: 1,
      link,
    },
  });
});

describe('suspicious events', () => {
  test('of 5.x carry a command, a script or a path in the same field', () => {
    const [command, script, path] = draftsOf(fixture('suspicious-events-5'), 'suspicious') as [
      EventDraft,
      EventDraft,
      EventDraft,
    ];
    expect(command).toMatchObject({
      subject: 'suspicious/14539',
      stream: 'suspicious',
      severity: 2,
    });
    expect(command.body.file).toEqual({
      script:
        '"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" -NoProfile -Command Get-Example',
      type: 'POWERSHELL_INTERACTIVE',
    });
    expect(command.body.techniques).toEqual([
      { id: 'T1059.001', name: 'PowerShell', tactic: 'Execution' },
      { id: 'TA0002', tactic: 'Execution' },
    ]);
    expect(script.severity).toBe(3);
    expect(script.body.file?.script).toHaveLength(3000);
    expect(script.body.file?.script).toMatch(/^powershell \$ตัวแปร = Get-Example\r\nforeach/);
    expect(script.body.file).toMatchObject({ path: undefined });
    expect(script.body.user).toBe('LAPTOP_1\\boon,LAPTOP_1\\admin');
    expect(path).toMatchObject({
      severity: 2,
      body: { file: { name: 'logon.vbs', path: '\\\\files.example\\it\\logon.vbs' } },
    });
  });

  test('of 3.3 carry a sentence in place of a path, and their source as a list', () => {
    const [registry, network] = draftsOf(fixture('suspicious-events-3.3'), 'suspicious') as [
      EventDraft,
      EventDraft,
    ];
    expect(registry.body).toMatchObject({
      description: "A service's program was changed and/or replaced.",
      target: '\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\example\\ImagePath',
      process: { name: 'services.exe', path: 'C:\\Windows\\System32\\services.exe' },
      parentProcess: { name: 'wininit.exe', path: 'C:\\Windows\\System32\\wininit.exe' },
      techniques: [
        { id: 'T1574.011', name: 'Services Registry Permissions Weakness', tactic: 'Persistence' },
      ],
      device: { name: 'DESKTOP-EXAMPLE', group: 'Windows Desktop', policy: 'Windows Strict' },
    });
    expect(registry.body.file).toBeUndefined();
    expect(network).toMatchObject({ action: 'REMEDIATED', severity: 2 });
    expect(network.body).toMatchObject({
      device: { name: 'SRV-EXAMPLE', os: 'WINDOWS_SERVER' },
      user: 'EXAMPLE\\carol',
      remoteIp: '198.51.100.7',
      file: { name: 'evil.exe', hash: 'e5'.repeat(32), signer: 'Nobody GmbH' },
      process: {
        name: 'evil.exe',
        path: 'C:\\Temp\\evil.exe',
        commandLine: 'evil.exe --beacon',
        id: 77,
      },
      parentProcess: {
        name: 'explorer.exe',
        path: 'C:\\Windows\\explorer.exe',
        commandLine: 'explorer.exe',
      },
    });
  });
});

test('behavioural events of every type have their severity by type and their target', () => {
  const drafts = draftsOf(fixture('events-behavioural'));
  const types = (severity: number) =>
    drafts.filter((draft) => draft.severity === severity).map((draft) => draft.type);
  expect(types(5)).toEqual(['RANSOMWARE_FILE_ENCRYPTION', 'RANSOMWARE_FILE_ENCRYPTION']);
  expect(types(4)).toEqual([
    'REMOTE_CODE_INJECTION_EXECUTION',
    'KNOWN_SHELLCODE_PAYLOADS',
    'ARBITRARY_SHELLCODE',
    'REFLECTIVE_DLL',
    'REFLECTIVE_DOTNET',
    'AMSI_BYPASS',
    'CREDENTIAL_DUMP',
    'DIRECT_SYSTEMCALLS',
    'SUSPICIOUS_SCRIPT_EXCECUTION',
    'MALICIOUS_POWERSHELL_COMMAND_EXECUTION',
    'MALICIOUS_JS_EXECUTION',
    'DEEP_MEMORY_SCANNING',
    'PROCESS_TAMPERING',
  ]);
  expect(types(1)).toEqual(['D_CLIENT_UNINSTALL']);
  expect(types(0)).toEqual(['STATIC_ANALYSIS', 'A_TYPE_OF_THE_FUTURE']);
  const files = Object.fromEntries(drafts.map((draft) => [draft.externalId, draft.body]));
  expect(files['20001']).toMatchObject({
    target: 'C:\\Users\\ann\\Documents\\budget.xlsx',
    file: { name: 'invoice.exe' },
  });
  expect(files['20003']).toMatchObject({ target: 'C:\\Windows\\explorer.exe' });
  expect(files['20008']?.file).toMatchObject({ name: 'powershell.exe' });
  expect(files['20012']?.file).toEqual({ script: 'powershell -enc AAAA', type: 'POWERSHELL' });
  expect(files['20014']?.file).toMatchObject({ name: 'จดหมาย.js', path: '/tmp/จดหมาย.js' });
  expect(files['20018']?.severityRaw).toBe('APOCALYPTIC');
});

describe('what cannot be recognised', () => {
  test('is delivered with its bytes, under its number or the hash of its bytes', () => {
    const body = fixture('unrecognisable');
    const drafts = draftsOf(body);
    expect(drafts).toHaveLength(11);
    for (const draft of drafts) {
      expect(body).toContain(draft.raw);
      expect(faultsOf(draft)).toEqual([]);
    }
    const [ids, hashes] = [drafts.slice(0, 3), drafts.slice(3)];
    expect(ids.map(({ externalId, type, severity }) => [externalId, type, severity])).toEqual([
      ['801', 'UNRECOGNISED', 0],
      ['802', 'UNRECOGNISED', 4],
      ['803', 'STATIC_ANALYSIS', 0],
    ]);
    expect(ids[1]?.body).toMatchObject({ severityRaw: 'HIGH', device: { name: 'WS-802' } });
    for (const { externalId, subject, type, severity, raw } of hashes) {
      expect(externalId).toBe(`sha256:${createHash('sha256').update(raw).digest('hex')}`);
      expect({ subject, type, severity }).toEqual({
        subject: `event/${externalId}`,
        type: 'UNRECOGNISED',
        severity: 0,
      });
    }
    expect(hashes.map(({ raw }) => raw)).toContain(
      '{"id": 9007199254740993, "type": "STATIC_ANALYSIS"}',
    );
  });
});

test.each([
  ['https://console.example.com', undefined, 'https://console.example.com/'],
  ['https://portal.example/di', undefined, 'https://portal.example/di/'],
  ['https://portal.example/di', 'https://a.example/{id}', 'https://a.example/{id}'],
])('of the console %s with the address %s leads to %s', (url, event_link, link) => {
  expect(linkOf({ url, event_link })).toBe(link);
});

test('leads to its own page where the pattern of that is known, and without a number to the console', () => {
  const pattern = 'https://console.example.com/#/events/{id}/overview';
  const linksOf = (body: string) =>
    parsePage(body).items.map(
      (item) => normalise(item, { stream: 'event', link: pattern }).body.link,
    );
  const body =
    '{"last_id":7,"events":[{"id":7,"type":"STATIC_ANALYSIS"},{"type":"STATIC_ANALYSIS"}]}';
  expect(linksOf(body)).toEqual([
    'https://console.example.com/#/events/7/overview',
    'https://console.example.com/',
  ]);
});

describe('anything at all', () => {
  const keys = fc.constantFrom(
    ...`id type timestamp insertion_timestamp status action threat_severity device_id recorded_device_info hostname os logged_in_users
    process_chain process_id parent_id process_name mitre_classifications mitre_id technique_id source value path file_size
    reoccurrence_count __proto__ toString`.split(/\s+/),
  );
  const anything = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '\u0000',
        '\ud800',
        '',
        ' ',
        'a\nb',
        'C:\\x',
        1,
        2,
        0,
        -1,
        1e308,
        null,
        true,
        [],
        {},
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 12 }),
    ),
  })).value;

  test('becomes a valid draft of either stream, with its bytes, the same each time', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 5 }),
        fc.constantFrom<Stream>('event', 'suspicious'),
        (events, stream) => {
          const body = JSON.stringify({ events });
          const drafts = draftsOf(body, stream);
          expect(drafts).toHaveLength(events.length);
          expect(drafts).toEqual(draftsOf(body, stream));
          for (const draft of drafts) {
            expect(faultsOf(draft)).toEqual([]);
            expect(body).toContain(draft.raw);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
