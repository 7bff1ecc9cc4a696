// Sample digests for tests and for looking at: a group about one server, and a storm of 412 events
// on 37 devices.
import { composeDigest, digestEvent } from '../../src/core/deliver/digest.ts';
import type { Digest, DigestMember, Severity, StoredEvent } from '../../src/kit/event.ts';

const startMs = Date.parse('2026-03-01T02:00:00.000Z');
const hash = (n: number) => `${n}a1b2c3d4e5f607`.padEnd(64, '0123456789abcdef');

function member(
  n: number,
  more: Partial<DigestMember> & { severity: Severity; type: string },
): DigestMember {
  return {
    eventId: 5000 + n,
    device: undefined,
    fileHash: undefined,
    fileName: undefined,
    itemId: String(1200 + n),
    link: `https://console.example/events/${1200 + n}`,
    receivedAtMs: startMs + n * 300,
    ...more,
  };
}

/** 280 times ransomware, mostly one file; then unwanted programs, macros and tools. */
function ofStorm(n: number): DigestMember {
  const device = `PC-${String(n % 37).padStart(2, '0')}`;
  if (n < 280) {
    const copy = n < 240 ? 1 : 2;
    const fileName = copy === 1 ? 'invoice 2026-02.pdf.exe' : 'ใบแจ้งหนี้.exe';
    return member(n, { severity: 4, type: 'RANSOMWARE', device, fileHash: hash(copy), fileName });
  }
  if (n < 392)
    return member(n, {
      severity: 3,
      type: 'PUA',
      device,
      fileHash: hash(3),
      fileName: 'toolbar.exe',
    });
  return member(n, {
    severity: 2,
    type: n < 404 ? 'MACRO' : 'DUAL_USE',
    device,
    fileName: `report-${n}.docm`,
  });
}

export const digestOfStorm: Digest = composeDigest(
  Array.from({ length: 412 }, (_, n) => ofStorm(n)),
  { kind: 'storm', before: 0, by: [] },
);

export const digestOfGroup: Digest = composeDigest(
  Array.from({ length: 9 }, (_, n) =>
    member(n, {
      severity: n === 4 ? 5 : 4,
      type: n === 4 ? 'RANSOMWARE' : 'MALICIOUS_POWERSHELL_COMMAND',
      device: 'SRV-1',
      ...(n < 6 && { fileHash: hash(7), fileName: 'update|service.ps1' }),
    }),
  ),
  { kind: 'group', before: 40, route: 'servers', by: [{ field: 'device', value: 'SRV-1' }] },
);

/** As the store gives it to a sink. */
export function storedDigest(digest: Digest): StoredEvent {
  const { raw: _raw, ...draft } = digestEvent(
    digest,
    '0b9ac1f2-8f56-4a4e-9d3c-5f0c3a6f2a11',
    'soc',
  ).draft;
  return { ...draft, id: 6001, source: 'tocsin', receivedAt: '2026-03-01T02:02:05.000Z' };
}
