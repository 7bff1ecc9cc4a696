// Items of every release and type, as normalised; and that nothing on the wire makes it throw or
// lose bytes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventDraft } from '../../../src/kit/event.ts';
import { normalise } from '../../../src/sources/deepinstinct/normalise.ts';
import { parsePage } from '../../../src/sources/deepinstinct/page.ts';
import type { Stream } from '../../../src/sources/deepinstinct/stream.ts';
import { faultsOf } from '../../contract/draft-faults.ts';

const link = 'https://console.example.com/';

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/deepinstinct/${name}.json`, import.meta.url), 'utf8');
}

function draftsOf(body: string, stream: Stream = 'event'): EventDraft[] {
  return parsePage(body).items.map((item) => normalise(item, { stream, link }));
}

/** One event with these fields. */
function draftOf(fields: object, stream: Stream = 'event'): EventDraft {
  return draftsOf(
    JSON.stringify({ events: [{ id: 1, type: 'STATIC_ANALYSIS', ...fields }] }),
    stream,
  )[0]!;
}

const bodyOf = (fields: object, stream: Stream = 'event') => draftOf(fields, stream).body;

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
    expect(body).not.toHaveProperty('user');
    expect(body).not.toHaveProperty('process');
    expect(body.device).not.toHaveProperty('domain');
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
    expect(script.body.file).not.toHaveProperty('path');
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
    expect(registry.body).not.toHaveProperty('file');
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
    expect(draftOf({ type: 'CREDENTIAL_DUMP', threat_severity: word }).body).not.toHaveProperty(
      'severityRaw',
    );
    expect(
      draftOf({ type: 'SCRIPT_CONTROL_COMMAND', threat_severity: word }, 'suspicious').severity,
    ).toBe(2);
    expect(draftOf({ type: 'FIREWALL_OFF', threat_severity: word }).severity).toBe(1);
    expect(draftOf({ type: 'STATIC_ANALYSIS', threat_severity: word }).severity).toBe(0);
  });
});

test.each([
  ['2026-02-03T01:19:32.505190Z', '2026-02-03T01:19:32.505Z'],
  ['2026-02-03T01:19:32.999999Z', '2026-02-03T01:19:32.999Z'],
  ['2026-02-03T01:19:32Z', '2026-02-03T01:19:32.000Z'],
  ['2026-02-03T01:19:32.505190', '2026-02-03T01:19:32.505Z'],
  ['2026-02-03 01:19:32', '2026-02-03T01:19:32.000Z'],
  ['2026-02-03T08:19:32+07:00', '2026-02-03T01:19:32.000Z'],
  ['2026-02-03T08:19:32.5+0700', '2026-02-03T01:19:32.500Z'],
  ['', null],
  [null, null],
  ['yesterday', null],
  ['2026-02-03', null],
  ['2026-99-03T01:19:32Z', null],
  ['0000-01-01T00:00:00Z', null],
  ['0000-01-01T00:00:00.000Z', null],
  ['2026-13-01T01:19:32.505Z', null],
  ['2026-00-01T01:19:32.505Z', null],
  ['2026-02-00T01:19:32.505Z', null],
  ['2026-02-32T01:19:32.505Z', null],
  ['2026-02-03T25:00:00.000Z', null],
  ['2026-02-03T01:60:32.505Z', null],
  ['2026-02-03T01:19:60.505Z', null],
  ['2026-02-03T24:00:00.000Z', '2026-02-04T00:00:00.000Z'],
  ['2026-02-31T01:19:32.505Z', null],
  ['2026-01-31T01:19:32.505190Z', '2026-01-31T01:19:32.505Z'],
  ['2026-02-03T01:19:32.5Z', '2026-02-03T01:19:32.500Z'],
  ['2026-02-03T01:19:32.505190Z', '2026-02-03T01:19:32.505Z'],
  ['9999-12-31T23:59:59-01:00', null],
  ['2026-02-03 01:00:54+00', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03 08:00:54+07', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03 08:00:54 +07', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03T01:00', '2026-02-03T01:00:00.000Z'],
  ['2026-02-03 08:00+07:00', '2026-02-03T01:00:00.000Z'],
  ['2026-02-03T01:00:54 UTC', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03T01:00:54,25Z', '2026-02-03T01:00:54.250Z'],
  ['2024-02-29T01:00:54Z', '2024-02-29T01:00:54.000Z'],
  ['2026-02-29T01:00:54Z', null],
  ['2026-02-30 01:00:54', null],
  ['2026-04-31T01:00:54.000Z', null],
  ...[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].flatMap(
    (days, month): [string, string | null][] => {
      const time = (day: number) =>
        `2026-${String(month + 1).padStart(2, '0')}-${day}T01:00:54.000Z`;
      return [
        [time(days), time(days)],
        [time(days + 1), null],
      ];
    },
  ),
  ['2026-02-03T01:00:54+25:00', null],
  ['2026-02-03T01:00:54+07:75', null],
  ['0001-01-01T00:00:00Z', null],
  ['0001-01-01T00:00:00.000Z', null],
  ['0099-01-01T00:00:00', null],
  ['1899-12-30T00:00:00', null],
  ['1970-01-01T00:00:00+07:00', null],
  ['Tue, 03 Feb 2026 01:00:54 GMT', '2026-02-03T01:00:54.000Z'],
  ['Mon, 30 Feb 2026 01:00:54 GMT', null],
  ['Tue, 03 Fee 2026 01:00:54 GMT', null],
  [1_770_080_454, '2026-02-03T01:00:54.000Z'],
  [1_770_080_454.25, '2026-02-03T01:00:54.250Z'],
  [1_770_080_454_123, '2026-02-03T01:00:54.123Z'],
  ['1770080454', '2026-02-03T01:00:54.000Z'],
  ['1770080454123', '2026-02-03T01:00:54.123Z'],
  ['1770080454.123456', '2026-02-03T01:00:54.123Z'],
  [0, null],
  [-1, null],
  [20_260_203, null],
  [1e300, null],
  ['20260203010054', null],
  ['03/02/2026 01:00:54', null],
  [{}, null],
])('the time %j is %s, whatever the zone of this machine', (timestamp, expected) => {
  const zone = process.env.TZ;
  process.env.TZ = 'Asia/Bangkok';
  try {
    expect(draftOf({ timestamp }).occurredAt).toBe(expected);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

describe('processes', () => {
  const child = { process_id: 3, parent_id: 2, process_name: 'c.exe' };
  const middle = { process_id: 2, parent_id: 1, process_name: 'b.exe' };
  const root = { process_id: 1, parent_id: null, process_name: 'a.exe' };
  const names = (...chain: unknown[]) => {
    const { process, parentProcess } = bodyOf({ process_chain: chain });
    return [process?.name, parentProcess?.name];
  };

  test('are the child and its parent, in whatever order the chain comes', () => {
    expect(names(child, middle, root)).toEqual(['c.exe', 'b.exe']);
    expect(names(root, middle, child)).toEqual(['c.exe', 'b.exe']);
    expect(names(middle, root, child)).toEqual(['c.exe', 'b.exe']);
    expect(names(child)).toEqual(['c.exe', undefined]);
    expect(names()).toEqual([undefined, undefined]);
  });

  test('stand as they come if the ids say nothing', () => {
    const loop = [
      { ...child, parent_id: 9, process_id: 8 },
      { ...root, parent_id: 8, process_id: 9 },
    ];
    expect(names(...loop)).toEqual(['c.exe', 'a.exe']);
    expect(names({ process_name: 'x' }, { process_name: 'y' }, null, 'z')).toEqual(['x', 'y']);
  });
});

describe('techniques', () => {
  test('take the joined id where nothing else is said, and come once each', () => {
    const entries = [
      { mitre_id: 'TA0011.T1071.004' },
      { mitre_id: 'TA0002.T1059.001', sub_technique_id: 'T1059.001' },
      { mitre_id: 'TA0005.T1059.001', sub_technique_id: 'T1059.001' },
      {
        mitre_id: 'TA0002',
        tactic_id: 'TA0002',
        tactic_name: 'Execution',
        technique_id: null,
        sub_technique_id: '',
      },
      { technique_id: 'T1003', technique_name: 'OS Credential Dumping', sub_technique_name: null },
      { tactic_name: 'nameless' },
    ];
    expect(bodyOf({ mitre_classifications: entries }).techniques).toEqual([
      { id: 'T1071.004' },
      { id: 'T1059.001' },
      { id: 'TA0002', tactic: 'Execution' },
      { id: 'T1003', name: 'OS Credential Dumping' },
    ]);
  });

  test('are at most twenty', () => {
    const entries = Array.from({ length: 5000 }, (_, index) => ({ technique_id: `T${index}` }));
    expect(bodyOf({ mitre_classifications: entries }).techniques).toHaveLength(20);
  });
});

describe('text', () => {
  test('is made valid and bounded in the body, and left as it came in the raw object', () => {
    const path = `C:\\a\u0000\ud800\\${'x'.repeat(20_000)}\\end.exe`;
    const { raw, body } = draftOf({ path });
    expect(JSON.parse(raw)).toMatchObject({ path });
    expect(body.file?.path).toMatch(/^C:\\a\uFFFD\\x+…x+\\end\.exe$/);
    expect(body.file?.path).toHaveLength(8000);
    expect(body.file?.name).toBe('end.exe');
  });

  test('of several lines in place of a path is a script, whatever the type', () => {
    expect(bodyOf({ path: 'one\r\ntwo' }).file).toEqual({ script: 'one\r\ntwo' });
    for (const script of ['/* a */\nrun()', '// a\nrun()']) {
      expect(bodyOf({ path: script }).file).toEqual({ script });
    }
  });

  test.each([
    ['/tmp/a\nb.sh', 'a\nb.sh'],
    ['C:\\Users\\ann\\invoice\r\n.exe', 'invoice\r\n.exe'],
    ['\\\\server\\share\\a\nb.exe', 'a\nb.exe'],
  ])('a path with line breaks stays a path: %j', (path, name) => {
    expect(bodyOf({ path }).file).toEqual({ path, name });
    expect(bodyOf({ path, type: 'SUSPICIOUS_ACTIVITY' }).file).toEqual({ path, name });
    expect(bodyOf({ path, type: 'SCRIPT_CONTROL_COMMAND' }).file).toEqual({ script: path });
  });

  test('a list in place of a text keeps each of its texts, and an object in place of a list counts', () => {
    const info = {
      ip_address: ['192.0.2.7', null, 'fd00::1', {}, ['x']],
      logged_in_users: ['A\\b', 'A\\c'],
      hostname: [],
    };
    const body = bodyOf({
      recorded_device_info: [info],
      device_id: 3,
      mitre_classifications: { tactic_id: 'TA0002' },
    });
    expect(body.device).toEqual({ id: '3', name: 'device #3', ip: '192.0.2.7, fd00::1' });
    expect(body).toMatchObject({ user: 'A\\b, A\\c', techniques: [{ id: 'TA0002' }] });
    expect(bodyOf({ comment: Array(10_000).fill('x') }).comment?.split(', ')).toHaveLength(50);
  });

  test('of megabytes are cut', () => {
    expect(bodyOf({ comment: ` ${'x'.repeat(5_000_000)}` }).comment).toHaveLength(8000);
  });

  test('in place of a path is a sentence only for a rule, and only if it begins like none', () => {
    const type = 'SUSPICIOUS_ACTIVITY';
    for (const path of ['C:\\Windows\\a.exe', '\\\\files.example\\it\\a.exe', '/usr/bin/a']) {
      expect(bodyOf({ type, path }, 'suspicious').file?.path).toBe(path);
    }
    const fields = {
      type,
      description: 'Found by a rule.',
      path: 'Program and/or folder changed.',
    };
    expect(bodyOf(fields, 'suspicious')).toMatchObject({
      description: 'Found by a rule. Program and/or folder changed.',
    });
    expect(bodyOf({ ...fields, type: 'STATIC_ANALYSIS' }).file?.path).toBe(fields.path);
  });

  test.each([
    ['C:\\dir\\file.exe', 'file.exe'],
    ['/opt/app/run.sh', 'run.sh'],
    ['C:\\mixed/slashes\\here', 'here'],
    ['plain.exe', 'plain.exe'],
    ['C:\\folder\\', 'folder'],
    ['\\\\\\', undefined],
  ])('the path %s has the name %s', (path, name) => {
    expect(bodyOf({ path }).file?.name).toBe(name);
  });
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
