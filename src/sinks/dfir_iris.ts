// Sink `dfir_iris`: an alert for each event, by the API of DFIR-IRIS 2.4. IRIS numbers severities and
// statuses as each installation pleases, so their names are asked for; and it takes the same
// reference twice, so an alert is looked for before it is added.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import type { Card } from '../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { AdapterError } from '../kit/errors.ts';
import { htmlFree } from '../kit/html-free.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { failureOf } from '../kit/http/status.ts';
import type { IncidentState } from '../kit/incident.ts';
import { incidentKey, incidentPrefix } from '../kit/incident-key.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { titleLine } from '../kit/title-line.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  url: webUrl.describe('The address of DFIR-IRIS.'),
  api_key: z.string().min(10).describe('The API key of a user who may read and write alerts.'),
  customer: z.int().min(1).describe('The number of the customer whose alerts they are.'),
  prefix: incidentPrefix,
});

const titleMax = 500;
const limits = { total: 20_000, value: 2_000 };
/** Index = severity number; the names that IRIS is installed with. */
const severities = ['Unspecified', 'Informational', 'Low', 'Medium', 'High', 'Critical'] as const;
const statuses: Readonly<Record<IncidentState, string>> = {
  open: 'New',
  acknowledged: 'In progress',
  snoozed: 'Pending',
  resolved: 'Closed',
};

const success = <Data extends z.ZodType>(data: Data) =>
  z.looseObject({ status: z.literal('success'), data });
const alert = z.looseObject({ alert_id: z.int().min(1) });
const severityNames = z.array(
  z.looseObject({ severity_id: z.int(), severity_name: z.string() }).transform((one) => ({
    ...{ id: one.severity_id, name: one.severity_name },
  })),
);
const statusNames = z.array(
  z.looseObject({ status_id: z.int(), status_name: z.string() }).transform((one) => ({
    ...{ id: one.status_id, name: one.status_name },
  })),
);
const listed = z.looseObject({
  alerts: z.array(alert.extend({ alert_source_ref: z.string().nullish() })),
});

export const dfirIris: SinkDefinition<typeof config> = {
  type: 'dfir_iris',
  config,
  example: { url: 'https://iris.example.com', api_key: 'an-example-of-an-api-key', customer: 1 },
  secrets: ['api_key'],
  create: (settings, context) => new Iris(settings, context),
};

type Numbers = ReadonlyMap<string, number>;

class Iris implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true } as const;
  readonly #settings: z.output<typeof config>;
  readonly #context: AdapterContext;
  readonly #base: string;
  #severities: Numbers | undefined;
  #statuses: Numbers | undefined;

  constructor(settings: z.output<typeof config>, context: AdapterContext) {
    this.#settings = settings;
    this.#context = context;
    this.#base = settings.url.replace(/\/+$/, '');
    this.origin = originOf(new URL(settings.url));
    this.place = placeOf(this.origin, settings.api_key, String(settings.customer));
  }

  async send(message: Message, { deliveryId, signal }: Context) {
    const reference = referenceOf(this.#settings.prefix, message);
    const known = await this.#find(reference, signal);
    if (known !== undefined) return { remoteId: String(known), isEarlier: true };
    const { card, event } = message;
    const { value, quota } = await this.#call(alert, '/alerts/add', signal, {
      ...textsOf(card),
      alert_source: 'Tocsin',
      alert_source_ref: reference,
      ...(card.link === undefined ? {} : { alert_source_link: card.link }),
      // Without a zone, which IRIS takes for UTC.
      alert_source_event_time: (event.occurredAt ?? event.receivedAt).replace(/Z$/, ''),
      alert_severity_id: numberOf(
        await this.#severityNumbers(signal),
        severities[card.severity],
        'severity',
      ),
      alert_status_id: numberOf(await this.#statusNumbers(signal), statuses.open, 'status'),
      alert_customer_id: this.#settings.customer,
      alert_tags: `tocsin,${card.level}`,
      alert_context: { delivery_id: deliveryId },
    });
    return { remoteId: String(value.alert_id), quota };
  }

  /** A state that is none yet leaves the status as an analyst may have set it. */
  async edit(id: string, { card }: Message, { signal }: Context) {
    const { kind } = card.state ?? {};
    const status = kind && {
      alert_status_id: numberOf(await this.#statusNumbers(signal), statuses[kind], 'status'),
    };
    await this.#call(alert, `/alerts/update/${encodeURIComponent(id)}`, signal, {
      ...{ ...textsOf(card), ...status },
    });
  }

  async check(signal: AbortSignal) {
    const names = await this.#severityNumbers(signal);
    for (const name of severities) numberOf(names, name, 'severity');
    const known = await this.#statusNumbers(signal);
    for (const name of Object.values(statuses)) numberOf(known, name, 'status');
  }

  /** IRIS finds whatever holds the text. */
  async #find(reference: string, signal: AbortSignal): Promise<number | undefined> {
    const query = new URLSearchParams({ source_reference: reference, per_page: '100' });
    const { value } = await this.#call(listed, `/alerts/filter?${query}`, signal);
    return value.alerts.find((one) => one.alert_source_ref === reference)?.alert_id;
  }

  async #severityNumbers(signal: AbortSignal): Promise<Numbers> {
    this.#severities ??= byName(
      (await this.#call(severityNames, '/manage/severities/list', signal)).value,
    );
    return this.#severities;
  }

  async #statusNumbers(signal: AbortSignal): Promise<Numbers> {
    this.#statuses ??= byName(
      (await this.#call(statusNames, '/manage/alert-status/list', signal)).value,
    );
    return this.#statuses;
  }

  async #call<Data extends z.ZodType>(
    data: Data,
    path: string,
    signal: AbortSignal,
    body?: object,
  ): Promise<{ value: z.output<Data>; quota: Quota | undefined }> {
    const secrets = [this.#settings.api_key];
    const call = createCaller(this.#context, {
      product: 'DFIR-IRIS',
      headers: { authorization: `Bearer ${this.#settings.api_key}` },
      ...{ secrets, accepts: success(data) },
      refusal: (answer, host) => refusalOf(answer, host, secrets, this.#context.now()),
    });
    const method = body === undefined ? 'GET' : 'POST';
    const { value, quota } = await call({ method, url: `${this.#base}${path}`, body, signal });
    return { value: (value as { data: z.output<Data> }).data, quota };
  }
}

type Context = Pick<Parameters<Sink['send']>[1], 'deliveryId' | 'signal'>;
type Quota = NonNullable<Exclude<Awaited<ReturnType<Sink['send']>>, void>['quota']>;

/** Its end is a sign that no number has, so that no search finds 17 for 1. */
function referenceOf(prefix: string, { event }: Message): string {
  return `${incidentKey(prefix, event)}.`;
}

function byName(list: readonly { id: number; name: string }[]): Numbers {
  return new Map(list.map(({ id, name }) => [name.toLowerCase(), id]));
}

function numberOf(numbers: Numbers, name: string, what: string): number {
  const number = numbers.get(name.toLowerCase());
  if (number !== undefined) return number;
  const why = `DFIR-IRIS has no ${what} "${name}". Its administrator can add one of this name.`;
  throw new AdapterError('reject_sink', 'bad_config', why);
}

/** IRIS reads a title and a description as HTML, of which it takes out the worst. */
function textsOf(card: Card) {
  const lines = linesOfCard(card);
  const below = [lines.headline, ...linesBelow(lines)];
  return {
    alert_title: htmlFree(titleLine(card, titleMax)),
    alert_description: below.map((line) => htmlFree(disarmedLine(line))).join('\n'),
  };
}

/** It answers 400 for nearly everything: by its words, an alert is gone or a right is missing. */
function refusalOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
  now: number,
): AdapterError | undefined {
  if (answer.status !== 400) return undefined;
  const { status, answer: text } = failureOf(answer, host, secrets, now)!;
  const { message } = (jsonOf(answer) ?? {}) as { message?: unknown };
  const facts = { status, answer: text };
  if (message === 'Alert not found')
    return new AdapterError('reject_event', 'gone', `${host}: the alert is gone.`, facts);
  if (typeof message !== 'string' || !/not entitled/i.test(message)) return undefined;
  const why = `${host} answered 400: the user of the key may not see this customer. Give it access, or correct customer.`;
  return new AdapterError('reject_sink', 'auth', why, facts);
}
