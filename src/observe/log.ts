// The logger: JSON lines with every secret masked, on standard error. Standard output belongs to
// the output of commands.
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import { createMask } from '../kit/mask.ts';
import { harmlessJson } from '../kit/unseen.ts';
import { LogOutput } from './log-output.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields may hold errors at any depth; {@link describeError} describes them. */
type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;
export type Logger = Readonly<Record<LogLevel, Write>>;

/** A logger that can learn further secrets. */
export interface MaskingLogger extends Logger {
  /**
   * Masks these secrets too from now on. Earlier ones stay masked, except the oldest of more than
   * some hundreds.
   */
  addSecrets(secrets: readonly string[]): void;
  /**
   * Calls `listener` with the number of lines that standard error did not take, earlier losses
   * included.
   */
  onLost(listener: (lines: number) => void): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Values that no line may contain; see {@link createMask}. */
  readonly secrets: readonly string[];
  /** Default: standard error, see {@link LogOutput}. */
  readonly destination?: DestinationStream;
}

/**
 * Each secret costs time, and a service whose key is renewed every hour must not slow down over the
 * years.
 */
const secretsMax = 300;

export function createLogger(options: LoggerOptions): MaskingLogger {
  let known = options.secrets;
  let mask = createMask(known);
  const output = options.destination === undefined ? new LogOutput() : undefined;
  const destination = options.destination ?? output!;
  const sink = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      // Errors are described already. pino's own serializer would print every field of them.
      serializers: { err: (value) => value },
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => destination.write(harmlessJson(line)) },
  );
  const writerOf =
    (level: LogLevel): Write =>
    (fields, message) => {
      if (sink.isLevelEnabled(level)) sink[level](toSafe(fields, mask, 0) as object, mask(message));
    };
  return {
    debug: writerOf('debug'),
    info: writerOf('info'),
    warn: writerOf('warn'),
    error: writerOf('error'),
    addSecrets(secrets) {
      known = [...new Set([...secrets, ...known])].slice(0, Math.max(secretsMax, secrets.length));
      mask = createMask(known);
    },
    onLost: (listener) => output?.onLost(listener),
  };
}

const depthMax = 6;

function toSafe(value: unknown, mask: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth > depthMax) return '[deep]';
  if (value instanceof Error) return toSafe(describeError(value), mask, depth + 1);
  if (Array.isArray(value)) return value.map((item) => toSafe(item, mask, depth + 1));
  const entries = Object.entries(value).map(([key, item]) => [
    mask(key),
    toSafe(item, mask, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly status?: number;
  readonly cause?: ErrorDescription;
  /** Frames only, and only of errors that no part of Tocsin throws on purpose. */
  readonly stack?: readonly string[];
}

/**
 * Describes an error for the log. Errors of the database carry the statement and its parameters
 * (the text of events) in their message and fields, so only their code and the server's own message
 * are kept.
 */
export function describeError(error: unknown): ErrorDescription {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): ErrorDescription {
  if (!(error instanceof Error))
    return { name: 'Error', message: typeof error === 'string' ? error : typeof error };
  const facts = error as Error & {
    code?: unknown;
    outcome?: unknown;
    reason?: unknown;
    status?: unknown;
  };
  return {
    name: error.name,
    message: carriesStatement(error) ? 'a statement failed in the database' : error.message,
    ...(typeof facts.code === 'string' && { code: facts.code }),
    ...(typeof facts.outcome === 'string' && { outcome: facts.outcome }),
    ...(typeof facts.reason === 'string' && { reason: facts.reason }),
    ...(typeof facts.status === 'number' && { status: facts.status }),
    ...(error.cause instanceof Error && depth < 3 && { cause: describe(error.cause, depth + 1) }),
    ...(isDefect(error) && { stack: framesOf(error) }),
  };
}

/**
 * Drizzle puts "Failed query: …" and the parameters into the message of its error. The driver's
 * error is the cause.
 */
function carriesStatement(error: Error): boolean {
  return error.name === 'DrizzleQueryError' || error.message.startsWith('Failed query');
}

function isDefect(error: Error): boolean {
  return (
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  );
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith('at ')).slice(0, 8);
}
