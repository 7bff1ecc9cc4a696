// An event as a Detection Finding of OCSF 1.8 (class 2004), as far as its facts have a place there.
// Pure.
import { plainText } from '../../kit/card.ts';
import { type EventBody, severityNames } from '../../kit/event.ts';
import { shortEvent } from '../../kit/short-event.ts';
import type { Message } from '../../kit/sink.ts';

const version = '1.8.0';

/** OCSF numbers what can be searched for. */
const observableTypes = { hostname: 1, ip: 2, user: 4, fileName: 7, hash: 8, path: 45 } as const;

export function findingOf({ card, event: whole, form }: Message, deliveryId: string): object {
  const event = form === 'full' ? whole : shortEvent(whole);
  const { severity, occurredAt, receivedAt, body } = event;
  const isBare = form === 'bare';
  return {
    category_uid: 2,
    class_uid: 2004,
    activity_id: 1,
    type_uid: 200401,
    time: Date.parse(occurredAt ?? receivedAt),
    severity_id: severity,
    severity: severityNames[severity],
    status_id: 1,
    is_alert: severity >= 4,
    message: plainText(card.headline),
    metadata: {
      version,
      uid: deliveryId,
      product: { name: 'Tocsin', vendor_name: 'Tocsin' },
      logged_time: Date.parse(receivedAt),
      log_name: event.source,
      ...(!isBare && present({ original_event_uid: body.itemId, tenant_uid: body.tenant?.name })),
    },
    finding_info: {
      uid: isBare ? String(event.id) : event.externalId,
      title: plainText(card.headline),
      ...present({ src_url: card.link }),
      ...(!isBare && { types: [event.type], ...attacksOf(body) }),
    },
    ...(!isBare && factsOf(body)),
    ...(!isBare && {
      unmapped: present({
        status: event.status,
        action: event.action,
        last_action: body.lastAction,
        severity: body.severityRaw,
      }),
    }),
  };
}

function factsOf(body: EventBody): object {
  const { device = {}, file, process, user } = body;
  const evidence = present({
    file:
      file &&
      present({
        name: file.name ?? file.path,
        path: file.path,
        size: file.size,
        type_id: 1,
        ...hashesOf(file.hash),
      }),
    process:
      process && present({ name: process.name, pid: process.id, cmd_line: process.commandLine }),
    user: user && { name: user },
  });
  const hostname = device.name ?? device.id;
  return present({
    device:
      hostname === undefined
        ? undefined
        : present({
            type_id: 0,
            uid: device.id,
            hostname,
            ip: device.ip,
            mac: device.mac,
            domain: device.domain,
          }),
    evidences: Object.keys(evidence).length === 0 ? undefined : [evidence],
    ...attacksOf(body),
    observables: observablesOf(body),
  });
}

function hashesOf(hash: string | undefined): object {
  const algorithms: Readonly<Record<number, number>> = { 32: 1, 40: 2, 64: 3, 128: 4 };
  const algorithm = hash === undefined ? undefined : algorithms[hash.length];
  return algorithm === undefined ? {} : { hashes: [{ algorithm_id: algorithm, value: hash }] };
}

function attacksOf({ techniques = [] }: EventBody): object {
  const attacks = techniques.map(({ id, name, tactic }) =>
    present({
      [id.startsWith('TA') ? 'tactic' : 'technique']: present({ uid: id, name }),
      ...(tactic !== undefined && !id.startsWith('TA') && { tactic: { name: tactic } }),
    }),
  );
  return attacks.length === 0 ? {} : { attacks };
}

function observablesOf({ device, user, file }: EventBody): object[] | undefined {
  const values = {
    hostname: device?.name,
    ip: device?.ip,
    user,
    fileName: file?.name,
    hash: file?.hash,
    path: file?.path,
  };
  const found = Object.entries(values).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [{ name, type_id: observableTypes[name as keyof typeof values], value }],
  );
  return found.length === 0 ? undefined : found;
}

function present(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  );
}
