// Expressions about an event, in the Common Expression Language. The only place that knows the library. Checked when the configuration is
// read, so that a mistake is found then; bounded, so that no expression and no event can hold the service up.
import { type ASTNode, Environment, type ParseError } from '@marcbachmann/cel-js';
import { severityNames } from '../event.ts';
import type { EventFacts } from './match.ts';

/** The expression cannot be used. The message is the rest of a sentence about it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The character at which it goes wrong, from 1. */
  readonly column: number;
  /** If it names a field that is not there: those that are. */
  readonly known: readonly string[];

  constructor(message: string, column: number, known: readonly string[] = []) {
    super(message);
    this.column = column;
    this.known = known;
  }
}

export interface Expression {
  readonly text: string;
  /** Undefined: it could not be judged. Never throws. */
  evaluate(facts: ExpressionFacts): boolean | undefined;
}

const text = 'string';
const number = 'int';
const process = { name: text, path: text, commandLine: text, user: text } as const;
/** What an expression can speak of. Everything is there: what the vendor did not say is "", 0 or an empty list. */
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
  file: { name: text, path: text, script: text, hash: text, type: text, signer: text, size: number },
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

/** Longer texts are looked at only so far, so that the time an expression takes has a bound. */
const textMax = 10_000;
const listMax = 100;
const expressionMax = 2000;
const limits = { maxAstNodes: 300, maxDepth: 40, maxListElements: 200, maxMapEntries: 0, maxCallArguments: 3 };

const environment = new Environment({ unlistedVariablesAreDyn: false, limits }).registerVariable('event', {
  schema: expressionFields,
});

/** @throws {ExpressionError} */
export function compileExpression(written: string): Expression {
  if (written.length > expressionMax)
    throw new ExpressionError(`it is longer than ${expressionMax} characters`, expressionMax);
  const program = parsed(written);
  refuseTheUnbounded(program.ast, false);
  const { valid, type, error } = program.check();
  if (!valid) throw plain(error, written);
  if (type !== 'bool') throw new ExpressionError(`it gives a ${type} and not true or false`, 1);
  return {
    text: written,
    evaluate(event) {
      try {
        const result: unknown = program({ event });
        return typeof result === 'boolean' ? result : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function parsed(written: string) {
  try {
    return environment.parse(written);
  } catch (error) {
    throw plain(error, written);
  }
}

function plain(error: unknown, written: string): ExpressionError {
  const { summary, range, code } = error as ParseError;
  const column = Math.min(range?.start ?? 0, Math.max(0, written.length - 1)) + 1;
  const [, key] = /^No such key: (.*)$/.exec(summary ?? '') ?? [];
  if (code === 'no_such_key' && key !== undefined)
    return new ExpressionError(`there is no field "${key}"`, column, fieldsBefore(written, column));
  const message = summary?.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase()) ?? 'it is no expression';
  return new ExpressionError(message, column);
}

/** Of `event.device.` the fields of a device. */
function fieldsBefore(written: string, column: number): string[] {
  const [, path = ''] = /\bevent((?:\.\w+)*)\.$/.exec(written.slice(0, column - 1)) ?? [];
  let fields: unknown = expressionFields;
  for (const key of path.split('.').filter(Boolean)) fields = (fields as Record<string, unknown>)[key];
  return typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
}

const comprehensions = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** `matches` takes patterns whose time explodes, and a comprehension within another one multiplies. */
function refuseTheUnbounded(node: ASTNode, isWithin: boolean): void {
  let isInner = isWithin;
  if (node.op === 'call' || node.op === 'rcall') {
    const [name] = node.args;
    if (name === 'matches') {
      throw new ExpressionError('"matches" is not allowed: use startsWith, endsWith or contains', node.start + 1);
    }
    if (node.op === 'rcall' && comprehensions.has(name)) {
      if (isWithin) throw new ExpressionError(`"${name}" within another one is not allowed`, node.start + 1);
      isInner = true;
    }
  }
  for (const child of childrenOf(node)) refuseTheUnbounded(child, isInner);
}

function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    else if (typeof value === 'object' && value !== null && 'op' in value) found.push(value as ASTNode);
  };
  look(node.args);
  return found;
}

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
    techniques: (body.techniques ?? []).slice(0, listMax).map(({ id }) => cut(id)),
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

function cut(value: string | null | undefined): string {
  return value ? value.slice(0, textMax) : '';
}

function whole(value: number | undefined): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value!)) : 0n;
}
