// Makes events as a Deep Instinct tenant sends them, from a seed: the same seed, stream, id and
// time give the same bytes. Their form and the mix of types follow real tenants; every name and
// address is invented.
import { pickDevice, recordedDevice, recordedDeviceBefore5 } from './devices.ts';
import { hostileHostnames } from './hostile.ts';
import { maliciousScene, type Scene } from './malicious.ts';
import { processChain } from './process-chain.ts';
import { createRandom, pickWeighted, type Random } from './random.ts';
import { suspiciousScene } from './suspicious.ts';
import { wireTime } from './time.ts';

/** The two lists of a tenant. Each numbers its own events, so that their numbers overlap. */
export const tenantStreams = ['events', 'suspicious'] as const;
export type TenantStream = (typeof tenantStreams)[number];

/**
 * Releases whose answers differ in form: `2.3` sends nulls, `3.3` other device fields, and `5`
 * leaves out empty values.
 */
export type Generation = '2.3' | '3.3' | '5';

export interface WireEventOptions {
  readonly seed: number;
  readonly stream: TenantStream;
  readonly id: number;
  /** When the server stored it, in milliseconds since the epoch. */
  readonly insertedAtMs: number;
  /** Added to `insertedAtMs`, 0 to 999. */
  readonly insertedAtMicroseconds?: number;
  /**
   * The vendor's word (`VERY_HIGH`); null leaves it out. Absent: each as often as real tenants send
   * it.
   */
  readonly severity?: string | null;
  /** Default `5`. */
  readonly generation?: Generation;
  /** The name of a device of the invented fleet. */
  readonly hostname?: string;
  /** The share of names that are hostile, 0 to 1; default 0.03. */
  readonly hostileShare?: number;
}

export type WireEvent = Record<string, unknown>;

const severities = {
  events: [
    [6, 'VERY_HIGH'],
    [12, 'HIGH'],
    [40, 'MODERATE'],
    [37, 'LOW'],
    [5, null],
  ],
  suspicious: [
    [4, 'HIGH'],
    [62, 'MODERATE'],
    [34, 'LOW'],
  ],
} as const satisfies Record<TenantStream, readonly (readonly [number, string | null])[]>;

export function createWireEvent(options: WireEventOptions): WireEvent {
  const { stream, hostileShare = 0.03 } = options;
  const random = createRandom(options.seed, stream === 'events' ? 1 : 2, options.id);
  const device = pickDevice(random, options.hostname);
  const chosen = pickWeighted<string | null>(random, severities[stream]);
  const severity = options.severity === undefined ? chosen : options.severity;
  const context = { random, device, severity, hostileShare };
  const scene = stream === 'events' ? maliciousScene(context) : suspiciousScene(context);
  const isNewest = (options.generation ?? '5') === '5';
  const recorded = isNewest ? recordedDevice(device) : recordedDeviceBefore5(device);
  if (random.chance(hostileShare / 3)) recorded.hostname = random.pick(hostileHostnames);
  const happened = happenedAt(random, options);
  const event: WireEvent = {
    id: options.id,
    ...happened,
    status: 'OPEN',
    mitre_classifications: scene.classifications,
    device_id: device.id,
    msp_name: device.place.provider,
    msp_id: device.place.providerId,
    tenant_name: device.place.tenant,
    tenant_id: device.place.tenantId,
    recorded_device_info: recorded,
    ...recurrence(random, happened.timestamp),
    process_chain: processChain(random, device, scene.leaf, options.insertedAtMs),
    ...scene.fields,
    ...(severity === null ? {} : { threat_severity: severity }),
  };
  return isNewest ? event : inOlderShape(event, scene, options.generation!, stream);
}

/** Most events are reported within seconds; a device that was offline reports hours later. */
function happenedAt(
  random: Random,
  { insertedAtMs, insertedAtMicroseconds = 0 }: WireEventOptions,
) {
  const lagMs = random.chance(0.02)
    ? random.integer(3_600_000, 30_000_000)
    : random.integer(40, 6900);
  return {
    timestamp: wireTime(insertedAtMs - lagMs, random.integer(0, 999)),
    insertion_timestamp: wireTime(insertedAtMs, insertedAtMicroseconds),
  };
}

function recurrence(random: Random, timestamp: string) {
  return {
    reoccurrence_count: random.chance(0.75) ? 1 : random.integer(2, 12),
    last_reoccurrence: timestamp,
    occurrence_count: random.integer(1, 3),
    affected_device: random.chance(0.85) ? 1 : random.integer(2, 5),
  };
}

function inOlderShape(
  event: WireEvent,
  scene: Scene,
  generation: Generation,
  stream: TenantStream,
): WireEvent {
  const { process_chain, occurrence_count, affected_device, description, ...kept } = event;
  if (generation === '3.3') return kept;
  const { mitre_classifications, threat_type, container_hash, volume_id, disk_drive, ...older } =
    kept;
  if (stream === 'suspicious') return { ...older, mitre_classifications };
  return {
    ...older,
    model: 'FileEvent',
    trigger: older.trigger === 'MALICIOUS_FILE' ? 'BRAIN' : older.trigger,
    threat_severity: event.threat_severity ?? 'NONE',
    reoccurrence_count: 0,
    last_reoccurrence: null,
    close_timestamp: null,
    close_trigger: null,
    last_action: scene.fields.last_action ?? null,
    comment: null,
    file_archive_hash: scene.fields.file_hash ?? null,
    certificate_thumbprint: scene.fields.certificate_thumbprint ?? null,
    certificate_vendor_name: scene.fields.certificate_vendor_name ?? null,
    deep_classification: null,
  };
}
