// Sink `jira`: an issue for each event, in Jira Cloud or Data Center. A label names its event, by
// which a repetition finds it again. Edits change the issue, replies are its comments.
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import type { Card, Text } from '../../kit/card.ts';
import { linesBelow, linesOfCard } from '../../kit/card-lines.ts';
import { AdapterError } from '../../kit/errors.ts';
import { severityNames } from '../../kit/event.ts';
import { createCaller } from '../../kit/http/caller.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { incidentKey } from '../../kit/incident-key.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import type { Message, SendContext, Sink, SinkDefinition } from '../../kit/sink.ts';
import { titleLine } from '../../kit/title-line.ts';
import { type AdfDocument, adfOf, adfWeight } from './adf.ts';
import { badQuery, goneOf, misconfigured, unlikeJira } from './answers.ts';
import { authorization, config, type Settings, secretsOf } from './config.ts';
import { wikiOf, wikiWeight } from './wiki.ts';

/** Jira takes 255 characters of a summary and 32,767 of a description or a comment. */
const summaryMax = 250;
const [total, value] = [30_000, 2_000];

const editions = {
  cloud: {
    api: '/rest/api/3',
    search: '/search/jql',
    textOf: adfOf as (lines: readonly Text[]) => AdfDocument | string,
    limits: { total, value, weigh: adfWeight },
  },
  data_center: {
    api: '/rest/api/2',
    search: '/search',
    textOf: wikiOf,
    limits: { total, value, weigh: wikiWeight },
  },
} as const;

const issue = z.looseObject({
  id: z.string().min(1),
  key: z.string().regex(/^[A-Z][A-Z0-9_]+-\d+$/),
});
const found = z.looseObject({ issues: z.array(issue) });
const comment = z.looseObject({ id: z.string().min(1) });
const possible = z.looseObject({
  transitions: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      to: z.looseObject({ name: z.string() }).optional(),
    }),
  ),
});
const rights = z.looseObject({
  permissions: z.looseObject({
    CREATE_ISSUES: z.looseObject({ havePermission: z.boolean() }),
  }),
});

export const jira: SinkDefinition<typeof config> = {
  type: 'jira',
  config,
  example: {
    url: 'https://example.atlassian.net',
    username: 'tocsin@example.com',
    token: 'an-example-of-a-token',
    project: 'SOC',
  },
  secrets: ['token'],
  create: (settings, context) => new Jira(settings, context),
};

type Refusal = (answer: HttpAnswer, host: string) => AdapterError | undefined;
interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: object;
  readonly signal: AbortSignal;
}

class Jira implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits: NonNullable<Sink['limits']>;
  readonly can = { table: true } as const;
  readonly #settings: Settings;
  readonly #context: AdapterContext;
  readonly #base: string;
  readonly #secrets: readonly string[];

  constructor(settings: Settings, context: AdapterContext) {
    this.#settings = settings;
    this.#context = context;
    const { api, limits } = editions[settings.edition];
    this.#base = `${settings.url.replace(/\/+$/, '')}${api}`;
    this.#secrets = secretsOf(settings);
    this.origin = originOf(new URL(settings.url));
    this.place = placeOf(this.origin, new URL(settings.url).pathname, settings.project);
    this.limits = limits;
  }

  async send(message: Message, { deliveryId, signal }: SendContext) {
    const label = incidentKey(this.#settings.prefix, message.event);
    const known = await this.#find(label, signal);
    if (known !== undefined) return { remoteId: known, isEarlier: true };
    const call = { body: this.#issueOf(message, deliveryId), signal };
    const { value: created, quota } = await this.#call(issue, '/issue', call, misconfigured);
    return { remoteId: created.key, quota };
  }

  preview(message: Message, deliveryId: string) {
    return JSON.stringify(this.#issueOf(message, deliveryId));
  }

  async edit(key: string, { card }: Message, { signal }: SendContext) {
    const path = `/issue/${encodeURIComponent(key)}`;
    const call = { method: 'PUT', body: { fields: this.#textsOf(card) }, signal } as const;
    await this.#call(z.unknown(), path, call, this.#changed(issue));
    const wanted = card.state && this.#settings.transitions[card.state.kind];
    if (wanted !== undefined) await this.#move(path, wanted, signal);
  }

  async reply(key: string, { card }: Message, { signal }: SendContext) {
    const path = `/issue/${encodeURIComponent(key)}/comment`;
    const call = { body: { body: this.#textsOf(card).description }, signal };
    const { value: made, quota } = await this.#call(comment, path, call, goneOf);
    return { remoteId: made.id, quota };
  }

  async check(signal: AbortSignal) {
    const { project } = this.#settings;
    const query = new URLSearchParams({ projectKey: project, permissions: 'CREATE_ISSUES' });
    const call = { method: 'GET', signal } as const;
    const { value: may } = await this.#call(rights, `/mypermissions?${query}`, call);
    if (may.permissions.CREATE_ISSUES.havePermission) return;
    const why = `Jira does not let this user create issues in ${project}. Its administrator can.`;
    throw new AdapterError('reject_sink', 'auth', why);
  }

  async #find(label: string, signal: AbortSignal): Promise<string | undefined> {
    const { project, edition } = this.#settings;
    // Neither of them holds a quotation mark.
    const jql = `project = "${project}" AND labels = "${label}" ORDER BY created ASC`;
    const call = { body: { jql, maxResults: 1, fields: ['summary'] }, signal };
    const { value: all } = await this.#call(found, editions[edition].search, call, badQuery);
    return all.issues[0]?.key;
  }

  /** By its name or that of the status behind it. One that is not possible now is left out. */
  async #move(path: string, wanted: string, signal: AbortSignal): Promise<void> {
    const address = `${path}/transitions`;
    const { value: now } = await this.#call(possible, address, { method: 'GET', signal }, goneOf);
    const is = (name: string | undefined) => name?.toLowerCase() === wanted.toLowerCase();
    const transition = now.transitions.find(({ name, to }) => is(name) || is(to?.name));
    if (transition === undefined) return;
    const body = { transition: { id: transition.id } };
    await this.#call(z.unknown(), address, { body, signal }, this.#changed(comment));
  }

  #issueOf({ card, event }: Message, deliveryId: string) {
    const label = incidentKey(this.#settings.prefix, event);
    return { fields: this.#fieldsOf(card, [label, `delivery-${deliveryId}`]) };
  }

  #fieldsOf(card: Card, labels: readonly string[]) {
    const { project, issue_type, priorities, labels: more } = this.#settings;
    const priority = priorities[severityNames[card.severity]];
    return {
      ...{ project: { key: project }, issuetype: { name: issue_type }, ...this.#textsOf(card) },
      labels: [...more, ...labels],
      ...(priority !== undefined && { priority: { name: priority } }),
    };
  }

  #textsOf(card: Card) {
    const lines = linesOfCard(card);
    return {
      summary: titleLine(card, summaryMax),
      description: editions[this.#settings.edition].textOf([lines.headline, ...linesBelow(lines)]),
    };
  }

  /** For a call that changes something: accepted by 204, or by what Jira made of it. */
  #changed(made: z.ZodType): Refusal {
    return (answer, host) =>
      goneOf(answer, host) ??
      misconfigured(answer, host) ??
      unlikeJira(answer, host, { secrets: this.#secrets, made });
  }

  #call<Value extends z.ZodType>(
    accepts: Value,
    path: string,
    call: Call,
    refusal: Refusal = () => undefined,
  ) {
    const caller = createCaller(this.#context, {
      product: 'Jira',
      headers: { authorization: authorization(this.#settings), accept: 'application/json' },
      ...{ secrets: this.#secrets, accepts, refusal },
    });
    return caller({ ...call, url: `${this.#base}${path}` });
  }
}
