// Source `github`: alerts of GitHub's code scanning, secret scanning and Dependabot, as its webhooks
// send them. A signature proves the body; what stands in headers is proved by nothing, and not used.
import { z } from 'zod';
import { alertStreams } from '../kit/alert-streams.ts';
import type { EventBody, EventDraft, Severity } from '../kit/event.ts';
import type { JsonPieces } from '../kit/json-pieces.ts';
import { type Signature, secretsOf } from '../kit/proof.ts';
import { limitSettings, pushLimits } from '../kit/push-settings.ts';
import { bodyOf } from '../kit/pushed-body.ts';
import { pushedBy } from '../kit/pushed-by.ts';
import {
  boundId,
  hashId,
  pushedObject,
  rawOf,
  recordOf,
  timeOf,
  unrecognisedItem,
  wordOf,
} from '../kit/pushed-item.ts';
import { severityMap, severityReader } from '../kit/severity-words.ts';
import type { PushSource, SourceDefinition } from '../kit/source.ts';
import { webUrl } from '../kit/web-url.ts';

const secret = z.string().min(20).max(200);

const config = z.strictObject({
  ...limitSettings,
  secret: secret.describe('The secret of the webhook, which you give to GitHub.'),
  old_secret: secret
    .optional()
    .describe('Is accepted as well, until every webhook has the new one.'),
  url: webUrl
    .default('https://github.com')
    .describe('Where people look at an alert: the address of your own GitHub, if you have one.'),
  severity_map: severityMap,
});
type Settings = z.output<typeof config>;

export const github: SourceDefinition<typeof config> = {
  ...pushedBy('github', create),
  config,
  example: { secret: 'a-secret-of-32-random-characters' },
  secrets: ['secret', 'old_secret'],
  streams: ['alert', 'change'],
  types: ['code_scanning_alert', 'secret_scanning_alert', 'dependabot_alert'],
  product: {
    name: 'GitHub',
    streams: alertStreams,
    terms: {
      type: {
        code_scanning_alert: { en: 'weakness in code', th: 'จุดอ่อนในโค้ด' },
        secret_scanning_alert: { en: 'secret in a repository', th: 'ความลับในคลังโค้ด' },
        dependabot_alert: { en: 'vulnerable dependency', th: 'ไลบรารีที่มีช่องโหว่' },
      },
    },
  },
};

const signature: Signature = {
  ...{ header: 'x-hub-signature-256', prefix: 'sha256=', signed: '{body}' },
  algorithm: 'sha256',
  encoding: 'hex',
  key: 'text',
  toleranceMs: 0,
};

type Fields = Readonly<Record<string, unknown>>;

interface Meaning {
  /** Id of the source. */
  readonly source: string;
  readonly severityOf: (word: unknown) => Severity;
  readonly url: string;
}

interface Kind {
  readonly type: string;
  /** In the address of an alert. */
  readonly place: string;
  readonly word: string | undefined;
  readonly facts: EventBody;
}

const stream = 'alert';
const [wordMax, nameMax] = [100, 200];

/** Beside our own names: of rules without a security severity, and of alerts that have none. */
const severities: Readonly<Record<string, Severity>> = {
  ...{ error: 4, warning: 3, note: 2, none: 1, moderate: 3 },
  ...{ secret: 4, publicly_leaked: 5 },
};

/** What becomes of an alert; any other action changes nothing that counts. */
const closing = ['fixed', 'dismissed', 'auto_dismissed', 'closed_by_user', 'resolved', 'revoked'];
const reopening = ['reopened', 'reopened_by_user', 'auto_reopened', 'reintroduced'];
const opening = ['created', 'appeared_in_branch'];

function create(settings: Settings, { id: source }: { readonly id: string }): PushSource {
  const severityOf = severityReader(settings.severity_map, severities);
  const meaning = { source, severityOf, url: settings.url.replace(/\/+$/, '') };
  return {
    ...{ kind: 'push', ...pushLimits(settings) },
    proof: { kind: 'signature', signature, secrets: secretsOf(settings) },
    parse: ({ body }) => ({ events: eventsOf(pushedObject(unwrapped(body)), meaning) }),
  };
}

const form = 'payload=';

/** A webhook may send its JSON as a form. */
function unwrapped(body: Uint8Array): Uint8Array {
  if (new TextDecoder().decode(body.subarray(0, form.length)) !== form) return body;
  const payload = new URLSearchParams(new TextDecoder().decode(body)).get('payload');
  return new TextEncoder().encode(payload ?? '');
}

function eventsOf(pieces: JsonPieces, meaning: Meaning): EventDraft[] {
  const whole = recordOf(pieces.value);
  const raw = rawOf(pieces, whole);
  // What a new webhook sends first.
  if (wordOf(whole.zen) !== undefined && whole.hook_id !== undefined && whole.alert === undefined)
    return [];
  const [alert, repository] = [recordOf(whole.alert), recordOf(whole.repository)];
  const [number, home] = [wordOf(alert.number, 20), wordOf(repository.id, 40)];
  const [action, kind] = [wordOf(whole.action, 50), kindOf(alert)];
  if (number === undefined || home === undefined) return [unrecognisedItem(raw, stream)];
  if (action === undefined || kind === undefined) return [unrecognisedItem(raw, stream)];
  const id = boundId(`${kind.type}/${home}/${number}`);
  const status = wordOf(alert.state, wordMax) ?? null;
  const draft: EventDraft = {
    externalId: id,
    subject: `${stream}/${id}`,
    stream,
    type: kind.type,
    severity: meaning.severityOf(kind.word),
    status,
    action: null,
    occurredAt: timeOf(alert.created_at) ?? null,
    body: bodyOf({
      ...kind.facts,
      itemId: number,
      severityRaw: kind.word,
      target: wordOf(repository.full_name, nameMax),
      link: linkOf(meaning.url, repository.full_name, kind.place, number),
    }),
    raw,
  };
  if (opening.includes(action)) return [draft];
  const change = changeOf(draft, alert, action, meaning);
  // An alert from before the webhook is announced now.
  return reopening.includes(action) || action === 'publicly_leaked' ? [draft, change] : [change];
}

/** The three have no word of their own in the body: what an alert has shows which it is. */
function kindOf(alert: Fields): Kind | undefined {
  if (alert.security_advisory !== undefined) return dependabotOf(alert);
  if (alert.secret_type !== undefined) return secretOf(alert);
  return alert.rule === undefined ? undefined : codeOf(alert);
}

function dependabotOf(alert: Fields): Kind {
  const [advisory, found] = [alert.security_advisory, alert.security_vulnerability].map(recordOf);
  const dependency = recordOf(alert.dependency);
  const { ecosystem, name } = recordOf(dependency.package);
  const library = [wordOf(ecosystem, wordMax), wordOf(name, wordMax)].filter(Boolean).join(':');
  return {
    ...{ type: 'dependabot_alert', place: 'dependabot' },
    word: wordOf(found?.severity, wordMax) ?? wordOf(advisory?.severity, wordMax),
    facts: bodyOf({
      description: wordOf(advisory?.summary),
      threatType: wordOf(advisory?.cve_id, nameMax) ?? wordOf(advisory?.ghsa_id, nameMax),
      trigger: wordOf(library),
      comment: wordOf(alert.dismissed_comment),
      user: wordOf(recordOf(alert.dismissed_by).login, nameMax),
      file: { path: wordOf(dependency.manifest_path) },
    }),
  };
}

function secretOf(alert: Fields): Kind {
  const kind = wordOf(alert.secret_type, nameMax);
  return {
    ...{ type: 'secret_scanning_alert', place: 'secret-scanning' },
    word: alert.publicly_leaked === true ? 'publicly_leaked' : 'secret',
    facts: bodyOf({
      description: wordOf(alert.secret_type_display_name) ?? kind,
      trigger: kind,
      comment: wordOf(alert.resolution_comment),
      user: wordOf(recordOf(alert.resolved_by).login, nameMax),
    }),
  };
}

function codeOf(alert: Fields): Kind {
  const rule = recordOf(alert.rule);
  const listed = Array.isArray(alert.instances) ? alert.instances[0] : undefined;
  const instance = recordOf(alert.most_recent_instance ?? listed);
  return {
    ...{ type: 'code_scanning_alert', place: 'code-scanning' },
    word: wordOf(rule.security_severity_level, wordMax) ?? wordOf(rule.severity, wordMax),
    facts: bodyOf({
      description: wordOf(rule.description) ?? wordOf(recordOf(instance.message).text),
      trigger: wordOf(rule.id, nameMax),
      threatType: wordOf(recordOf(alert.tool).name, nameMax),
      comment: wordOf(alert.dismissed_comment),
      user: wordOf(recordOf(alert.dismissed_by).login, nameMax),
      file: { path: wordOf(recordOf(instance.location).path) },
    }),
  };
}

/** Of the configured address and what no address can be broken with. */
function linkOf(url: string, home: unknown, place: string, number: string): string | undefined {
  const isPlain = typeof home === 'string' && /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(home);
  if (!isPlain || /(?:^|\/)\.{1,2}(?:\/|$)/.test(home)) return undefined;
  return /^\d+$/.test(number) ? `${url}/${home}/security/${place}/${number}` : undefined;
}

/** The same bytes are the same change, whichever webhook sends them, and with whatever headers. */
function changeOf(
  draft: EventDraft,
  alert: Fields,
  action: string,
  { source }: Meaning,
): EventDraft {
  const why = wordOf(alert.dismissed_reason, wordMax) ?? wordOf(alert.resolution, wordMax);
  const status = { name: 'status', from: null, to: why ? `${action}: ${why}` : action };
  const isClosing = closing.includes(action);
  const isReopening = reopening.includes(action);
  return {
    ...draft,
    externalId: `${draft.externalId}/${hashId(draft.raw).slice(-16)}`,
    stream: 'change',
    occurredAt: timeOf(alert.updated_at) ?? null,
    body: {
      ...draft.body,
      change: {
        ...{ source, externalId: draft.externalId, fields: [status] },
        ...(isClosing && { closing: 'closed' as const }),
        ...(isReopening && { closing: 'reopened' as const }),
      },
    },
  };
}
