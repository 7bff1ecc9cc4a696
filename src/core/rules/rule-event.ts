// An event as expressions see it: every field is there, whatever the vendor left out, and none is
// too long to be searched in time.
import { severityNames } from '../../kit/event.ts';
import type { EventFacts } from './match.ts';

const text = 'string';
const number = 'int';
const process = { name: text, path: text, commandLine: text, user: text } as const;
/** The fields of expressions. What the vendor left out is "", 0 or an empty list. */
export const expressionFields = {
  source: text,
  stream: text,
  type: text,
  /** 0 unknown, 1 INFO to 5 CRITICAL. */
  severity: number,
  severityName: text,
  status: text,
  action: text,
  lastAction: text,
  threatType: text,
  trigger: text,
  description: text,
  comment: text,
  user: text,
  remoteIp: text,
  recurrence: number,
  affectedDevices: number,
  device: {
    id: text,
    name: text,
    os: text,
    osVersion: text,
    ip: text,
    mac: text,
    domain: text,
    group: text,
    policy: text,
  },
  tenant: { id: text, name: text, provider: text },
  file: {
    name: text,
    path: text,
    script: text,
    hash: text,
    type: text,
    signer: text,
    size: number,
  },
  /** Of an event of the stream `change`: the most important of what changed, and all of it. */
  change: { from: text, to: text, fields: 'list<string>' },
  process,
  parentProcess: process,
  /** Ids such as T1059.001. */
  techniques: 'list<string>',
} as const;

export type ExpressionFacts = FactsOf<typeof expressionFields>;
type FactsOf<Schema> = {
  readonly [Key in keyof Schema]: Schema[Key] extends 'string'
    ? string
    : Schema[Key] extends 'int'
      ? bigint
      : Schema[Key] extends 'list<string>'
        ? readonly string[]
        : FactsOf<Schema[Key]>;
};

/** Longer texts are cut, so that the time of an expression has a bound. */
export const textMax = 10_000;
/**
 * An expression may look at each entry of a list, so there are fewer and shorter ones; ids have
 * some ten characters.
 */
export const listMax = 100;
/** Characters of an entry. */
export const entryMax = 100;

/** @param facts an event before it is stored, or as it is stored */
export function expressionFacts(source: string, { body, ...facts }: EventFacts): ExpressionFacts {
  const { device, tenant, file } = body;
  return {
    source,
    stream: facts.stream,
    type: cut(facts.type),
    severity: severityNumbers[facts.severity],
    severityName: severityNames[facts.severity],
    status: cut(facts.status),
    action: cut(facts.action),
    lastAction: cut(body.lastAction),
    threatType: cut(body.threatType),
    trigger: cut(body.trigger),
    description: cut(body.description),
    comment: cut(body.comment),
    user: cut(body.user),
    remoteIp: cut(body.remoteIp),
    recurrence: whole(body.recurrence),
    affectedDevices: whole(body.affectedDevices),
    device: {
      id: cut(device?.id),
      name: cut(device?.name),
      os: cut(device?.os),
      osVersion: cut(device?.osVersion),
      ip: cut(device?.ip),
      mac: cut(device?.mac),
      domain: cut(device?.domain),
      group: cut(device?.group),
      policy: cut(device?.policy),
    },
    tenant: { id: cut(tenant?.id), name: cut(tenant?.name), provider: cut(tenant?.provider) },
    file: {
      name: cut(file?.name),
      path: cut(file?.path),
      script: cut(file?.script),
      hash: cut(file?.hash),
      type: cut(file?.type),
      signer: cut(file?.signer),
      size: whole(file?.size),
    },
    process: processFacts(body.process),
    parentProcess: processFacts(body.parentProcess),
    techniques: (body.techniques ?? []).slice(0, listMax).map(({ id }) => cut(id, entryMax)),
    change: changeFacts(body.change),
  };
}

function changeFacts(change: EventFacts['body']['change']): ExpressionFacts['change'] {
  const fields = change?.fields ?? [];
  const [first] = fields;
  return {
    from: cut(first?.from),
    to: cut(first?.to),
    fields: fields.slice(0, listMax).map(({ name }) => cut(name, entryMax)),
  };
}

const severityNumbers = [0n, 1n, 2n, 3n, 4n, 5n] as const;

function processFacts(known: EventFacts['body']['process']): ExpressionFacts['process'] {
  return {
    name: cut(known?.name),
    path: cut(known?.path),
    commandLine: cut(known?.commandLine),
    user: cut(known?.user),
  };
}

/** An event from a file may have a number in place of a text. */
function cut(value: string | null | undefined, max = textMax): string {
  return typeof value === 'string' ? value.slice(0, max) : '';
}

function whole(value: number | undefined): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value!)) : 0n;
}
