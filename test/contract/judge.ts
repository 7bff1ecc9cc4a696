// Judges what a sink says by what arrived at its far end, apart from anything that the sink says of
// itself. Each fault is a sentence that says what is missing or obeyed; none is no fault.
import { fitted } from '../../src/core/message/fit.ts';
import { type Card, type Field, word } from '../../src/kit/card.ts';
import type { Message, Sink } from '../../src/kit/sink.ts';
import { neutralText } from '../../src/kit/text.ts';
import { eventOfTexts } from '../support/events.ts';
import type { Received } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { type Case, messageWith, type Said, saidCases, shownBy, wholeCard } from './card-cases.ts';
import type { Carrier } from './carriers.ts';
import { factsLacking } from './data-facts.ts';
import { digestOfTexts, Marks, markedEvent } from './marks.ts';
import type { CardReading, DataReading, Remote } from './sink-harness.ts';
import { editableBy, send } from './sink-harness.ts';
import { unsaid } from './statements.ts';
import { type Place, type Reading, syntaxes } from './syntaxes/index.ts';
import { keyword } from './syntaxes/mattermost.ts';

export interface Judged {
  /** For the sentences: `slack`. */
  readonly type: string;
  readonly sink: Sink;
  received(): readonly Received[];
  readonly reading: CardReading | DataReading;
  /** Gets what was judged, beside the same with harmless texts, for judges in other languages. */
  record?(carrier: Carrier, places: readonly Place[], harmless: readonly Place[]): void;
}

type Readings = readonly (readonly [Place, Reading])[];

/** What a sink can do with a message that it sent. */
export function actsOf(sink: Sink): ('edit' | 'reply')[] {
  return (['edit', 'reply'] as const).filter((act) => sink[act] !== undefined);
}

interface Spoken {
  readonly act: 'edit' | 'reply';
  readonly id: string;
  readonly message: Message;
  readonly marks: Marks;
}

const never = new AbortController().signal;

/** Of one cause there are many. */
const faultsMax = 12;

export class Judge {
  readonly #judged: Judged;
  /** What a message of harmless texts comes to, by carrier. */
  readonly #harmless = new Map<Carrier, Readings>();

  constructor(judged: Judged) {
    this.#judged = judged;
  }

  get #said(): Said {
    const { limits, can, titles } = this.#judged.sink;
    return { ...(limits && { limits }), ...(can && { can }), ...(titles && { titles }) };
  }

  /** What of cards, events, digests and notices nobody can read. */
  async lacking(most = faultsMax): Promise<string[]> {
    const marks = new Marks();
    const faults = new Set<string>();
    for (const { title, message } of saidCases(this.#said, marks)) {
      for (const fault of await this.#lackingIn({ title, message }, marks)) {
        if (faults.size < most) faults.add(fault);
      }
    }
    return [...faults];
  }

  async #lackingIn({ title, message }: Case, marks: Marks): Promise<string[]> {
    const { type, reading } = this.#judged;
    const request = await this.#sent(message);
    const sentences = isOfData(reading)
      ? factsLacking({ type, message, data: reading.data(request), marks, holds: reading.holds })
      : unsaid({ type, card: message.card, marks, readings: await this.#readings(request) });
    return sentences.map((sentence) => `${sentence} [${title}]`);
  }

  /** What of the event's own text is in the form that is sent when its text was refused. */
  async bare(): Promise<string[]> {
    const { type, sink } = this.#judged;
    const marks = new Marks();
    const events = [markedEvent(marks), digestOfTexts((what) => marks.of(what))];
    const faults: string[] = [];
    for (const event of events) {
      const { body } = await this.#sent(messageOf(event, { form: 'bare' }, sink));
      const found = new Set(body.match(/Zq\d+qZ/g) ?? []);
      for (const mark of found) faults.push(`${type} says ${marks.named(mark)} in its bare form`);
    }
    return faults.slice(0, faultsMax);
  }

  /** What is cut that core left, and what is sent that the product does not take. */
  async beyondLimits(): Promise<string[]> {
    const { type, sink, reading } = this.#judged;
    if (isOfData(reading)) return [];
    const { limits } = sink;
    if (limits === undefined) return [`${type} does not say in limits what its product takes`];
    if (reading.exceeded === undefined)
      return [`${type} has limits; say in its test, in exceeded, what is too much for the product`];
    const marks = new Marks();
    const whole = edgeCard(limits, marks);
    const over = { ...whole, details: [...whole.details, ...whole.details.slice(-1)] };
    const cut = fitted(over, limits);
    const faults = cut === over ? [`${type} has limits that core does not keep`] : [];
    const cases = [
      { title: 'a card that just fits its limits', message: messageWith(whole) },
      { title: 'a card that core cut to its limits', message: messageWith(cut) },
      ...floods.flatMap((unit) =>
        (['full', 'short'] as const).map((form) => ({
          title: `an event full of ${JSON.stringify(unit)}, ${form}`,
          message: messageOf(
            eventOfTexts(() => unit.repeat(20_000 / unit.length)),
            { form },
            sink,
          ),
        })),
      ),
    ];
    for (const one of cases) {
      const { card } = one.message;
      const shown = isFlood(one) ? { ...one, message: messageWith(headOf(card)) } : one;
      const request = await this.#sent(one.message);
      const readings = await this.#readings(request);
      const said = unsaid({ type, card: shown.message.card, marks, readings });
      for (const what of reading.exceeded(request))
        faults.push(`${type} sends ${what} [${one.title}]`);
      for (const sentence of said) faults.push(`${sentence} [${one.title}]`);
    }
    return faults.slice(0, faultsMax);
  }

  /**
   * What of `texts`, one for each slot, is more than shown. A string that does it alone is named.
   */
  async obeyed(carrier: Carrier, texts: readonly string[]): Promise<string[]> {
    const { type } = this.#judged;
    const given = carrier.slots.map(({ isWord }, at) =>
      isWord ? texts[at]!.replaceAll(keyword, 'word') : texts[at]!,
    );
    const together = await this.#surplus(carrier, given);
    if (together.length === 0) return [];
    for (const [at, text] of given.entries()) {
      const alone = carrier.slots.map((_slot, n) => (n === at ? text : harmless(n)));
      const surplus = await this.#surplus(carrier, alone);
      if (surplus.length === 0) continue;
      const where = `${carrier.name}, ${carrier.slots[at]!.name}`;
      return [`${type} obeys ${JSON.stringify(text)} in ${where}: ${surplus.join('; ')}`];
    }
    const all = JSON.stringify(given.map((text) => text.slice(0, 60)));
    return [`${type} obeys in ${carrier.name}: ${together.join('; ')}; some together of ${all}`];
  }

  async #surplus(carrier: Carrier, texts: readonly string[]): Promise<string[]> {
    const message = carrier.message(texts);
    if (message === undefined) return [];
    const { type, reading } = this.#judged;
    const request = await this.#sent(message);
    if (isOfData(reading)) {
      const data = dataOf(reading, request);
      if (data instanceof Error) return [`it cannot be read: ${data.message}`];
      if (message.form !== 'full') return [];
      return factsLacking({ type, message, data, holds: reading.holds });
    }
    const readings = await this.#readings(request);
    const harmless = await this.#harmlessIn(carrier);
    this.#judged.record?.(carrier, placesOf(readings), placesOf(harmless));
    const [active, expected] = [activeIn(readings), activeIn(harmless)];
    const surplus = without(active, expected);
    const nowhere = active.filter(({ what }) => what.startsWith('never: '));
    const lost = carrier.isExact
      ? without(expected, active).filter(({ what }) => !what.endsWith('(model)'))
      : [];
    const told = [
      ...[...surplus, ...nowhere].map(({ what, where }) => `${what} in ${where}`),
      ...lost.map(({ what, where }) => `${what} in ${where} is lost`),
    ];
    return [...new Set(told)].slice(0, 6);
  }

  async #harmlessIn(carrier: Carrier): Promise<Readings> {
    const known = this.#harmless.get(carrier);
    if (known !== undefined) return known;
    const message = carrier.message(carrier.slots.map((_slot, n) => harmless(n)))!;
    const readings = await this.#readings(await this.#sent(message));
    this.#harmless.set(carrier, readings);
    return readings;
  }

  /** Whether an edit and a reply speak of the message that they were given, and say all of it. */
  async remote(): Promise<string[]> {
    const { type, sink, reading } = this.#judged;
    if (sink.edit === undefined && sink.reply === undefined) return [];
    if (isOfData(reading) || reading.remote === undefined)
      return [
        `${type} edits or replies; say in its test, in remote, how a request names its message`,
      ];
    const first = await send(sink);
    const id = first?.remoteId;
    if (id === undefined) return [`${type} edits or replies, and send returns no remoteId`];
    const faults: string[] = [];
    for (const act of actsOf(sink)) {
      const marks = new Marks();
      const whole = wholeCard((place, kind) => marks.of(`a ${kind} of ${place}`));
      const events = [messageOf(markedEvent(marks), {}, sink), messageWith(shownBy(sink, whole))];
      for (const message of events)
        faults.push(...(await this.#spoken({ act, id, message, marks }, reading.remote)));
    }
    return faults.slice(0, faultsMax);
  }

  async #spoken({ act, id, message, marks }: Spoken, remote: Remote): Promise<string[]> {
    const { type } = this.#judged;
    const faults: string[] = [];
    const request = await this.#acted(act, id, message);
    const target = remote.target(request);
    if (target !== id) faults.push(`${type}: ${act} speaks of ${target}, not of ${id}`);
    if (remote.isReply(request) !== (act === 'reply'))
      faults.push(`${type}: ${act} ${act === 'edit' ? 'posts below' : 'replaces'} the message`);
    const readings = await this.#readings(request);
    const { edited = (card: Card) => card } = act === 'edit' ? remote : {};
    const card = edited(message.card);
    for (const sentence of unsaid({ type, card, marks, readings }))
      faults.push(`${sentence} [${act}]`);
    // Two edits of the same are one: whoever repeats it changes nothing.
    const again = await this.#acted(act, id, message);
    if (act === 'edit' && again.body !== request.body)
      faults.push(`${type}: the same edit again asks for something else`);
    return faults;
  }

  /** What of `text`, in every part of a card, an edit and a reply make more of than of a letter. */
  async obeyedByRemote(text: string): Promise<string[]> {
    const { type, sink } = this.#judged;
    const id = (await send(sink))?.remoteId ?? '';
    const faults: string[] = [];
    for (const act of actsOf(sink)) {
      const activeOf = async (one: string) => {
        const card = wholeCard((_place, kind) => {
          const multiline = kind === 'block';
          const shown = neutralText(one.slice(0, 400), { multiline }).trim() || 'x';
          if (kind === 'word') return shown.replaceAll(keyword, 'word');
          return multiline ? `${shown}\nx` : shown;
        });
        const request = await this.#acted(act, id, messageWith(shownBy(sink, card)));
        return activeIn(await this.#readings(request));
      };
      for (const { what, where } of without(await activeOf(text), await activeOf('x')))
        faults.push(`${type} obeys ${JSON.stringify(text)} in its ${act}: ${what} in ${where}`);
    }
    return faults.slice(0, 6);
  }

  async #acted(act: 'edit' | 'reply', id: string, message: Message): Promise<Received> {
    const { sink, received } = this.#judged;
    const before = received().length;
    const { reading } = this.#judged;
    const said =
      act === 'edit' && !isOfData(reading) ? editableBy(reading.remote, message) : message;
    await sink[act]!(id, said, { deliveryId: `delivery-${act}`, attempt: 1, signal: never });
    const request = received().at(-1);
    if (request === undefined || received().length === before)
      throw new Error(`${this.#judged.type} sent nothing to ${act}`);
    return request;
  }

  async #sent(message: Message): Promise<Received> {
    const { sink, received } = this.#judged;
    const before = received().length;
    await send(sink, message);
    const request = received().at(-1);
    if (request === undefined || received().length === before)
      throw new Error(`${this.#judged.type} sent nothing`);
    return request;
  }

  async #readings(request: Received): Promise<Readings> {
    const places = await (this.#judged.reading as CardReading).reads(request);
    return places.map((place) => [place, syntaxes[place.syntax](place.text)] as const);
  }
}

function isOfData(reading: CardReading | DataReading): reading is DataReading {
  return 'data' in reading && reading.data !== undefined;
}

function dataOf(reading: DataReading, request: Received): unknown {
  try {
    return reading.data(request);
  } catch (error) {
    return error as Error;
  }
}

/** Two slots never hold the same: what is equal comes together in a digest. */
function harmless(at: number): string {
  return `x${at}`;
}

function placesOf(readings: Readings): Place[] {
  return readings.map(([place]) => place);
}

interface Active {
  readonly what: string;
  readonly where: string;
}

/** An address of a template, which a value may be a part of. */
const ofTemplate = /(https:\/\/wiki\.example\/)[A-Za-z0-9%]+/;

function activeIn(readings: Readings): Active[] {
  return readings.flatMap(([{ where }, { active }]) =>
    active.map((what) => ({ what: what.replace(ofTemplate, '$1…'), where })),
  );
}

/**
 * Those of `all` that are not in `others`, each as often as it is there more; wherever: a fact may
 * be a field or a line.
 */
function without(all: readonly Active[], others: readonly Active[]): Active[] {
  const left = new Map<string, number>();
  for (const { what } of others) {
    // The model tells kinds: they are as many as there are places.
    const more = what.endsWith('(model)') ? Number.POSITIVE_INFINITY : 1;
    left.set(what, (left.get(what) ?? 0) + more);
  }
  return all.filter(({ what }) => {
    const count = left.get(what) ?? 0;
    left.set(what, count - 1);
    return count <= 0;
  });
}

/** Letters of every weight, and what each syntax writes longer. */
const floods = ['x', '&', '<', '`', '*', '#', '.', 'ก', '😀', '\u202E', '\n', 'a.b://c '] as const;

function isFlood({ title }: Case): boolean {
  return title.startsWith('an event full');
}

/** What core never cuts. */
function headOf({ table: _table, ...card }: Card): Card {
  return { ...card, fields: [], details: [], remarks: [], title: [], footer: [] };
}

/** As long as it may be: one detail more, and core cuts it. */
function edgeCard(limits: NonNullable<Said['limits']>, marks: Marks): Card {
  const detail = (length: number): Field => ({
    name: [word('Detail')],
    value: [{ kind: 'code', text: `${marks.of('the value')}${'x'.repeat(length)}` }],
  });
  const base: Card = {
    ...messageOf(eventOfTexts(() => 'x')).card,
    ...{ headline: [word(marks.of('the words'))], fields: [], details: [] },
  };
  const fits = (details: readonly Field[]) => {
    const card = { ...base, details };
    return fitted(card, limits) === card;
  };
  const details: Field[] = [];
  // Its mark is a part of a value.
  for (let length = limits.value - 16; length > 1; ) {
    const next = detail(length);
    if (fits([...details, next])) details.push(next);
    else length = Math.floor(length / 2);
  }
  return { ...base, details };
}
