// What is wrong with a draft, in words: the promises of EventDraft that its type cannot hold.
import type { EventDraft } from '../../src/kit/event.ts';

const isoUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/** Empty if it may be stored and shown. */
export function faultsOf(draft: EventDraft): string[] {
  const { externalId, subject, stream, type, severity, status, action, occurredAt, body, raw } =
    draft;
  const faults: string[] = [];
  const require = (isRight: boolean, fault: string) => {
    if (!isRight) faults.push(fault);
  };
  require(externalId.length >= 1 &&
    externalId.length <= 200, `externalId has ${externalId.length} characters`);
  for (const [name, text] of Object.entries({ subject, stream, type }))
    require(text !== '', `${name} is empty`);
  require(Number.isInteger(severity) && severity >= 0 && severity <= 5, `severity is ${severity}`);
  require(status === null || status !== '', 'status is "" and not null');
  require(action === null || action !== '', 'action is "" and not null');
  require(occurredAt === null || isTime(occurredAt), `occurredAt is ${occurredAt}`);
  require(body.observedAt === undefined ||
    isTime(body.observedAt), `body.observedAt is ${body.observedAt}`);
  require(isJson(raw), 'raw is no JSON text');
  // JSON text says them as escapes, which the column for it takes.
  require(!unstorable.test(raw), 'raw holds NUL or half a surrogate pair');
  faults.push(
    ...textFaults({ externalId, subject, stream, type, status, action }, ''),
    ...bodyFaults(body, 'body'),
  );
  return faults;
}

const unstorable = /[\0\p{Surrogate}]/u;

function textFaults(value: unknown, at: string): string[] {
  if (typeof value === 'string')
    return unstorable.test(value) ? [`${at} holds NUL or half a surrogate pair`] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...textFaults(key, `${at}.<key>`),
    ...textFaults(item, `${at}.${key}`),
  ]);
}

/**
 * In the body, what was not said is absent or undefined, which JSON leaves out too; what is there is
 * text, a number, or a nest of these.
 */
function bodyFaults(value: unknown, at: string): string[] {
  // What an item did not have, or has no longer, is said.
  if (value === null && /^body\.change\.fields\.\d+\.(from|to)$/.test(at)) return [];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, item]) => item !== undefined || Array.isArray(value))
      .flatMap(([key, item]) => bodyFaults(item, `${at}.${key}`))
      .concat(textFaults(Object.keys(value), at));
  }
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${at} is ${value}`];
  if (typeof value !== 'string') return [`${at} is ${value}`];
  return value === '' ? [`${at} is ""`] : textFaults(value, at);
}

function isTime(text: string): boolean {
  return isoUtc.test(text) && !Number.isNaN(Date.parse(text));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
