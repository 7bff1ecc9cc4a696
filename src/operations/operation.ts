// What an operation is, and the one function that runs each of them: it checks who asks, input and
// output, and notes every act in the audit log, whoever calls.
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { createMask } from '../kit/mask.ts';
import type { Actor, Permission } from '../kit/records/audit.ts';
import { type Refusal, refusal, refusalText } from '../kit/refusals.ts';
import { cutMiddle } from '../kit/text.ts';
import { appendAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import type { FarEnds } from './far-ends.ts';

export interface OperationContext {
  readonly db: Database;
  readonly actor: Actor;
  /** Of the process that runs the operation. */
  readonly config: Config;
  /** Absent where no far end can be called. */
  readonly farEnds?: FarEnds | undefined;
  /** Of a process that works sources and sinks: what operators asked of them has changed. */
  readonly controls?: { changed(): void } | undefined;
  /** The process that runs the operation; absent: a command. */
  readonly process?: ProcessFacts | undefined;
}

export interface ProcessFacts {
  readonly version: string;
  readonly replicaId: string;
  /** The last leap of the database's clock within the hour; milliseconds. */
  clockLeap(): { readonly ms: number; readonly clockMs: number } | undefined;
}

/** `GET /sinks`, `POST /sinks/{sink}/pause`: under `/api/v1`; a name in braces is a field. */
export type Route = `${'GET' | 'POST' | 'DELETE'} /${string}`;

export interface Operation<In, Out> {
  /**
   * Unique, and its path over HTTP. What it means stays: a new meaning or answer takes a new name.
   */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /**
   * Refuses fields that it does not know: leaving one out could make an act larger than was asked.
   */
  readonly input: z.ZodType<In>;
  /** JSON. A newer release may add fields; those are dropped where nobody knows them. */
  readonly output: z.ZodType<Out>;
  readonly permission: Permission;
  /** Its place in the API; absent: it is for commands alone. */
  readonly route?: Route;
  run(context: OperationContext, input: In): Promise<Out>;
  /** Of an act: what it is done to, for the audit log: `sink:soc`. */
  target?(input: In): string;
  /** Of an act: what it is about to change, for the audit log. Runs first. */
  before?(context: OperationContext, input: In): Promise<unknown>;
  /** Of an act whose answer holds a secret: what the audit log keeps of it. Absent: all of it. */
  noted?(output: Out): unknown;
  /** Of an act that may only look: true, and nothing is changed or noted. */
  isRehearsal?(input: In): boolean;
  /** Of an act: runs once it is stored for all to see. Must not fail. */
  committed?(context: OperationContext): void;
  /**
   * Of an act that calls a far end: no transaction is open meanwhile, which would hold up others.
   * It is noted twice: before it is done, and with what came of it.
   */
  readonly callsFarEnd?: true;
}

/**
 * The operation does nothing. Its message names everything that is wrong, one problem a line, in
 * English; a door that speaks another language says the `refusals`.
 */
export class RefusedError extends Error {
  readonly #refusals: readonly Refusal[];

  /** @param said the message, or what it consists of */
  constructor(said: string | readonly Refusal[]) {
    super(typeof said === 'string' ? said : said.map(refusalText).join('\n'));
    this.#refusals = typeof said === 'string' ? [] : said;
  }

  /** Empty: a refusal that no such door meets. */
  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }
}

/** The operation cannot do what the input asks for. */
export class InputError extends RefusedError {
  override readonly name: string = 'InputError';
}

/** The input has not the form that the operation takes, as from a client of another release. */
export class FormError extends InputError {
  override readonly name = 'FormError';
  readonly #fields: readonly string[];

  /** @param fields those that are wrong */
  constructor(message: string, fields: readonly string[]) {
    super(message);
    this.#fields = fields;
  }

  override get refusals(): readonly Refusal[] {
    return [refusal('form', { fields: this.#fields.join(', ') })];
  }
}

/** The actor may not do this. */
export class PermissionError extends RefusedError {
  override readonly name = 'PermissionError';
}

/** What was asked for does not exist, or no longer. */
export class NotFoundError extends RefusedError {
  override readonly name = 'NotFoundError';
}

/** What was asked for cannot be done in the present state: its message says why. */
export class ConflictError extends RefusedError {
  override readonly name = 'ConflictError';
}

/** Somebody else changed it after the caller looked at it. */
export class ChangedError extends ConflictError {}

/** The answer is not what this release expects of the operation. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/**
 * Lets an act happen, or gives the answer that it had when it happened before.
 * @param isWhole whether what is written to `db` is one transaction with the act
 */
export type Doing = <Out>(
  act: () => Promise<Out>,
  place: { readonly db: Database; readonly isWhole: boolean },
) => Promise<Out>;

const ranks: readonly Permission[] = ['read', 'operate', 'admin'];

/** Whether a role includes a permission. */
export function includes(role: Permission, permission: Permission): boolean {
  return ranks.indexOf(role) >= ranks.indexOf(permission);
}

/**
 * Runs the operation. An act and its row in the audit log are one transaction.
 * @param input as a typed caller gives it, or as it came over the wire
 * @param doing default: the act happens, however often it is asked for
 * @throws {PermissionError} {InputError} before anything was done
 */
export async function perform<In, Out>(
  operation: Operation<In, Out>,
  context: OperationContext,
  input: unknown,
  doing: Doing = (act) => act(),
): Promise<Out> {
  const { name, permission } = operation;
  const { actor } = context;
  if (!includes(actor.role, permission))
    throw new PermissionError([
      refusal('forbidden', {
        ...{ operation: name, needed: permission },
        ...{ name: actor.name, role: actor.role },
      }),
    ]);
  const given = inputOf(operation, input);
  const isAct = permission !== 'read' && operation.isRehearsal?.(given) !== true;
  if (!isAct) return outputOf(operation, await operation.run(context, given));
  const act = (db: Database, isWhole: boolean) =>
    doing(() => performNoted(operation, { ...context, db }, { input: given, isWhole }), {
      db,
      isWhole,
    });
  const output = operation.callsFarEnd
    ? await act(context.db, false)
    : await inTransaction(context.db, act);
  operation.committed?.(context);
  return output;
}

/**
 * Outside of a transaction the act is noted twice: before it is done, and with what came of it.
 * Nothing is ever done that is not noted.
 */
async function performNoted<In, Out>(
  operation: Operation<In, Out>,
  context: OperationContext,
  { input, isWhole }: { readonly input: In; readonly isWhole: boolean },
): Promise<Out> {
  const { actor, config, db } = context;
  const mask = createMask(config.secrets);
  const textOf = (value: unknown) => (value === undefined ? null : mask(JSON.stringify(value)));
  const before = await operation.before?.(context, input);
  const entry = {
    actor: actor.name,
    via: actor.via,
    address: actor.address,
    operation: operation.name,
    target: mask(operation.target?.(input) ?? '') || null,
    input: textOf(input) ?? '{}',
    before: textOf(before),
  };
  if (!isWhole) await appendAudit(db, { ...entry, after: null }, isWhole);
  const output = outputOf(operation, await operation.run(context, input));
  const noted = operation.noted === undefined ? output : operation.noted(output);
  await appendAudit(db, { ...entry, after: textOf(noted) }, isWhole);
  return output;
}

/** The input of the operation, checked. @throws {FormError} */
export function inputOf<In, Out>({ name, input }: Operation<In, Out>, given: unknown): In {
  const parsed = input.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FormError(
    `${name} cannot take this input: ${problemsOf(parsed.error, input)}.`,
    parsed.error.issues.slice(0, problemsNamed).map(placeOf),
  );
}

/** The answer of the operation, checked. @throws {OutputError} */
export function outputOf<In, Out>({ name, output }: Operation<In, Out>, answer: unknown): Out {
  const parsed = output.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new OutputError(
    `the answer of ${name} has another form: ${problemsOf(parsed.error, output)}.`,
  );
}

/** How many faults are named; one is enough to show that the form is different. */
const problemsNamed = 3;

function problemsOf({ issues }: z.ZodError, schema: z.ZodType): string {
  const named = issues.slice(0, problemsNamed).map((issue) => problemOf(issue, schema));
  const rest = issues.length - named.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

function placeOf({ path }: z.core.$ZodIssue): string {
  return path.length === 0 ? 'it' : path.join('.');
}

/** Of a stranger's body: they may be thousands, and long. */
function named(keys: readonly string[]): string {
  const shown = keys.slice(0, problemsNamed).map((key) => JSON.stringify(cutMiddle(key, 100)));
  return shown.join(', ') + (keys.length > shown.length ? ' and more' : '');
}

function problemOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const place = placeOf(issue);
  if (issue.code === 'unrecognized_keys') {
    const keys = named(issue.keys);
    const isTop = issue.path.length === 0 && schema instanceof z.ZodObject;
    const known = isTop
      ? `; its fields are: ${Object.keys(schema.shape).join(', ') || 'none'}`
      : '';
    return `${place} has ${keys}, which this release does not know${known}`;
  }
  return `${place} is not right (${issue.message})`;
}
