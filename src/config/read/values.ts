// Parses the values of single options. Reads nothing but the time zone of the machine; the caller
// knows where a value stands, and reports what is wrong with it.
import { realpathSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { isTimeZone } from '../../core/rules/schedule.ts';
import { readDatabaseUrl } from '../../kit/database-url.ts';
import { duration, durationForms, durationText } from '../../kit/duration.ts';
import { type Severity, severityNames } from '../../kit/event.ts';
import { noProxyForms, readNoProxy } from '../../kit/http/no-proxy.ts';
import { type LinkPlace, linkPatternFault } from '../../kit/link-pattern.ts';
import { type Locale, locales } from '../../kit/locale.ts';
import { parseInstant } from '../../kit/past.ts';
import { parseSeverity } from '../../kit/severity.ts';
import { didYouMean } from '../../kit/suggest.ts';
import { readWebUrl } from '../../kit/web-url.ts';
import { type LogLevel, logLevels } from '../../observe/log.ts';

export type Parsed<Value> =
  | { readonly value: Value }
  /** `problem` follows the name of the option: `is not a number`. */
  | { readonly problem: string; readonly remedy: string };

export type Parse<Value> = (text: string) => Parsed<Value>;

export function wholeNumber(min: number, max: number, unit: string): Parse<number> {
  const remedy = `Set it to a whole number from ${min} to ${max}${unit === '' ? '' : `, in ${unit}`}`;
  return (text) => {
    if (!/^[+-]?\d+$/.test(text))
      return { problem: `${quote(text)} is not a whole number`, remedy };
    const value = Number(text);
    return value < min || value > max
      ? { problem: `${quote(text)} is out of range`, remedy }
      : { value };
  };
}

export const isOn: Parse<boolean> = (text) => {
  const word = text.toLowerCase();
  if (['on', 'true', 'yes', '1'].includes(word)) return { value: true };
  if (['off', 'false', 'no', '0'].includes(word)) return { value: false };
  return { problem: `${quote(text)} is neither on nor off`, remedy: 'Set it to "on" or "off"' };
};

export const sinkRate: Parse<number | 'off'> = (text) => {
  if (text.toLowerCase() === 'off') return { value: 'off' };
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.01 && value <= 100_000) return { value };
  return {
    problem: `${quote(text)} is not a rate`,
    remedy: 'Set it to messages a second (0.01 to 100000; 10 if not set), or to "off" for no limit',
  };
};

export const stormOverDefault = 20;

export const stormOver: Parse<number | 'off'> = (text) => {
  if (text.toLowerCase() === 'off') return { value: 'off' };
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1) return { value };
  return {
    problem: `${quote(text)} is not a number of events`,
    remedy: `Set it to how many may be due at once before digests replace cards (1 to 99999; ${stormOverDefault} if not set), or to "off"`,
  };
};

/** In seconds: a number of them, or a duration. */
export const pollingInterval: Parse<number> = (text) => {
  const remedy = 'Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"';
  const ms = duration(text);
  const parsed = ms === undefined ? wholeNumber(1, 86_400, 'seconds')(text) : { value: ms / 1000 };
  if ('problem' in parsed) return { problem: parsed.problem, remedy };
  const isWithin = parsed.value >= 1 && parsed.value <= 86_400;
  return isWithin ? parsed : { problem: `${quote(text)} is out of range`, remedy };
};

const dayMs = 86_400_000;
export const retentionDefaultMs = 180 * dayMs;
const retentionMaxMs = 9999 * 365 * dayMs;

/** At least a day, so that a slip does not remove events that nobody has read yet. */
export const retention: Parse<number | 'off'> = (text) => {
  if (text.toLowerCase() === 'off') return { value: 'off' };
  const value = duration(text) ?? 0;
  if (value >= dayMs && value <= retentionMaxMs) return { value };
  return {
    problem: `${quote(text)} is not a time to keep events for`,
    remedy:
      'Set it to days, weeks or years ("180d", "26w", "1y"), or to "off" to keep all for ever',
  };
};

/** A duration within bounds, in milliseconds. */
export function durationFrom(minMs: number, maxMs: number): Parse<number> {
  return (text) => {
    const value = duration(text);
    if (value !== undefined && value >= minMs && value <= maxMs) return { value };
    const range = `from ${durationText(minMs)} to ${durationText(maxMs)}`;
    return { problem: `${quote(text)} is not a duration ${range}`, remedy: durationForms };
  };
}

export const silenceMaxDefaultMs = 30 * dayMs;
export const silenceMax = durationFrom(60_000, 366 * dayMs);

export const ackExpiresDefaultMs = 8 * 3_600_000;
export const snoozeMaxDefaultMs = 7 * dayMs;
export const snoozeMax = durationFrom(60_000, 366 * dayMs);
const ackLength = durationFrom(60_000, 30 * dayMs);
/** How long an acknowledgement lasts. */
export const ackExpires: Parse<number | 'off'> = (text) =>
  text.toLowerCase() === 'off' ? { value: 'off' } : ackLength(text);

export const escalationMaxAgeDefaultMs = dayMs;
export const escalationMaxAge = durationFrom(60_000, 30 * dayMs);

/** Of one message to a sink. */
export const sinkTimeout = durationFrom(1000, 300_000);

/**
 * Milliseconds since the epoch. The offset must be written: without it, the machine that a command
 * runs on would decide the time.
 */
export const instant: Parse<number> = (text) => {
  const remedy = 'Write it as "2026-03-02T22:00:00+07:00", or with Z for UTC';
  try {
    const value = parseInstant(text);
    return value === undefined ? { problem: `${quote(text)} is not a time`, remedy } : { value };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problem: `${JSON.stringify(text)} ${error.message}`, remedy };
  }
};

/**
 * A threshold. UNKNOWN is accepted but not offered: events of unknown severity pass every
 * threshold, so it means the same as INFO.
 */
export const severity: Parse<Severity> = (text) => {
  const value = parseSeverity(text);
  return value === undefined ? oneOf(text, severityNames.slice(1), 'severity') : { value };
};

export const logLevel: Parse<LogLevel> = (text) => {
  const level = logLevels.find((name) => name === text.toLowerCase());
  return level === undefined ? oneOf(text, logLevels, 'log level') : { value: level };
};

/** Accepts the forms of the operating system, too: `th_TH.UTF-8` is Thai. */
export const locale: Parse<Locale> = (text) => {
  const language = /^([a-z]{2})(?:[_-][a-z]{2})?(?:\.[\w-]+)?$/i.exec(text)?.[1]?.toLowerCase();
  const known = locales.find((name) => name === language);
  return known === undefined
    ? oneOf(text, locales, 'language that Tocsin speaks')
    : { value: known };
};

/** The IANA name of the machine's time zone; UTC where it is not known, as with an empty TZ. */
export function machineTimeZone(): string {
  // Undefined, against its type, where TZ is a path.
  const timeZone: string | undefined = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = [timeZone, zoneOfLink('/etc/localtime')];
  return canonical(names.find((name) => name !== undefined && isTimeZone(name)) ?? 'UTC');
}

/** One name of a zone that has several. @throws {RangeError} not a time zone */
function canonical(name: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
}

/** `Asia/Bangkok` for a link to /usr/share/zoneinfo/Asia/Bangkok; undefined for anything else. */
function zoneOfLink(path: string): string | undefined {
  try {
    return /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realpathSync(path))?.[1];
  } catch {
    return undefined;
  }
}

export const timeZone: Parse<string> = (text) => {
  const name = text.replace(/^:/, ''); // POSIX writes ":Asia/Bangkok" for a name from the database of zones
  // A path, such as /etc/localtime, is a link to the zone's file, or means the machine's own.
  if (name.startsWith('/')) {
    const linked = zoneOfLink(name);
    return {
      value: linked !== undefined && isTimeZone(linked) ? canonical(linked) : machineTimeZone(),
    };
  }
  try {
    return { value: canonical(name) };
  } catch {
    return {
      problem: `${quote(text)} is not a time zone`,
      remedy: 'Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
    };
  }
};

/** A connection string for Postgres, as libpq reads it. */
export const postgresUrl: Parse<string> = (text) => {
  const read = readDatabaseUrl(text);
  return 'problem' in read ? read : { value: text };
};

export const proxyUrl: Parse<string> = (text) => {
  const read = readWebUrl(text, true);
  if ('url' in read) return { value: text };
  return {
    problem: `is not the URL of a proxy: it ${read.fault}`,
    remedy: 'Write it as http://host:port',
  };
};

/** Hosts that are called without a proxy. */
export const noProxy: Parse<string> = (text) => {
  const { unknown } = readNoProxy(text);
  if (unknown.length === 0) return { value: text };
  // What stands before an @ may be a password.
  const shown = unknown.map((entry) => quote(entry.replace(/^.*@/s, '…@')));
  return {
    problem: `holds what is neither a host nor a network: ${shown.join(', ')}`,
    remedy: noProxyForms,
  };
};

/** The address of a service that raises an alarm when Tocsin stops calling it. A secret. */
export const heartbeatUrl: Parse<string> = (text) => {
  const read = readWebUrl(text);
  if ('url' in read) return { value: text };
  return {
    problem: read.fault,
    remedy: 'Copy the address that the service gives, as https://host/path',
  };
};

/** An address or a name to listen on. IPv6 may stand in brackets, as in a URL. */
export const host: Parse<string> = (text) => {
  const bare = /^\[([\da-f:.]+(%\w+)?)\]$/i.exec(text)?.[1] ?? text;
  if (isIP(bare) !== 0 || /^[\w.-]+$/.test(bare)) return { value: bare };
  return {
    problem: `${quote(text)} is not an address to listen on`,
    remedy: 'Set it to :: for all, or 127.0.0.1 for this machine only',
  };
};

/** An absolute path. Relative paths begin in `directory`. */
export function path(directory: string): Parse<string> {
  return (text) => ({ value: isAbsolute(text) ? text : resolve(directory, text) });
}

function oneOf(text: string, known: readonly string[], noun: string): Parsed<never> {
  return {
    problem: `${quote(text)} is not a ${noun}`,
    remedy: `Use one of: ${known.join(', ')}.${didYouMean(text, known)}`,
  };
}

/** Long values are cut, so that a secret in the wrong variable is not logged. */
export function quote(text: string): string {
  const shown = text.length > 20 ? `${text.slice(0, 8)}…` : text;
  return JSON.stringify(shown);
}

const linkExamples: Readonly<Record<LinkPlace, string>> = {
  id: 'https://console.example.com/#/events/{id}',
  hash: 'https://www.virustotal.com/gui/file/{hash}',
  technique: 'https://attack.mitre.org/techniques/{technique}/',
};

export function linkPattern(place: LinkPlace): Parse<string> {
  return (text) => {
    const problem = linkPatternFault(text, place);
    return problem === undefined
      ? { value: text }
      : { problem, remedy: `Write an address such as ${linkExamples[place]}` };
  };
}
