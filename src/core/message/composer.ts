// Composes events, digests and notices in one style, and keeps the latest cards for other sinks of
// the same style.
import type { Card } from '../../kit/card.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { IncidentView } from '../../kit/incident.ts';
import type { Locale } from '../../kit/locale.ts';
import type { Product, ProductOf } from '../../kit/product.ts';
import type { MessageForm, Sink } from '../../kit/sink.ts';
import type { TemplateWords } from '../template/fields.ts';
import { currentOf, verdictsOf } from './current.ts';
import { digestCard } from './digest.ts';
import { eventCard } from './event.ts';
import { createLanguage, type Language } from './language.ts';
import type { Links } from './links.ts';
import { newsCard } from './news.ts';
import { noticeCard } from './notice.ts';
import { cardState } from './state.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Style {
  readonly locale: Locale;
  /** IANA name. */
  readonly timeZone: string;
  readonly title: NonNullable<Sink['titles']>;
}

export interface Products {
  readonly productOf?: ProductOf | undefined;
  /** Of all sources, if they are of one: digests do not say whose events they hold. */
  readonly only?: Product | undefined;
  readonly links?: Links | undefined;
}

/** What a card depends on besides its event. */
export interface CardView {
  readonly form: MessageForm;
  /** The events of more than one tenant pass here. */
  readonly showTenant: boolean;
  /** What became of the event; absent: nothing. */
  readonly incident?: IncidentView | undefined;
}

/** Cards that are kept for other sinks of the same style. */
const keptMax = 500;

export class Composer {
  readonly language: Language;
  readonly #title: Style['title'];
  readonly #products: Products;
  readonly #words = new Map<Product | undefined, Vocabulary>();
  readonly #kept = new Map<string, Card>();
  #voices = 0;

  constructor(style: Style, products: Products) {
    this.language = createLanguage(style.locale, style.timeZone);
    this.#title = style.title;
    this.#products = products;
  }

  get templateWords(): TemplateWords {
    const { language } = this;
    return { labels: language.labels, time: (iso) => language.time(iso)[0] };
  }

  /** Call it once for each sink that it serves: for a single sink, no card needs to be kept. */
  addVoice(): void {
    this.#voices += 1;
  }

  compose(event: StoredEvent, view: CardView): Card {
    if (this.#voices === 1) return this.#composed(event, view);
    const { form, showTenant, incident } = view;
    const key = `${event.id} ${form} ${showTenant} ${incident?.version ?? 0}`;
    const kept = this.#kept;
    const known = event.id === 0 ? undefined : kept.get(key);
    if (known !== undefined) return known;
    const card = this.#composed(event, view);
    // The oldest goes: a Map keeps the order in which it was filled.
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    kept.set(key, card);
    return card;
  }

  #composed(event: StoredEvent, view: CardView): Card {
    const { form, incident } = view;
    const near = event.receivedAt;
    // A step says itself that nobody has taken it.
    const isTold = event.body.news !== undefined && incident?.state === 'open';
    const state =
      incident && !isTold ? cardState(incident, this.language, { form, near }) : undefined;
    const card = this.#cardOf(currentOf(event, incident), view, state !== undefined);
    if (incident === undefined) return card;
    const verdicts = form === 'bare' ? [] : verdictsOf(incident, this.language);
    const current =
      verdicts.length === 0 ? card : { ...card, fields: [...card.fields, ...verdicts] };
    return state === undefined ? current : { ...current, state };
  }

  #cardOf(event: StoredEvent, { form, showTenant }: CardView, hasState: boolean): Card {
    const { digest, notice, news } = event.body;
    const { language } = this;
    const { productOf, only } = this.#products;
    if (news !== undefined) return newsCard(event, news, this.#wordsFor(only), form);
    if (digest !== undefined) return digestCard(event, digest, this.#wordsFor(only), form);
    if (notice !== undefined) return noticeCard(event, notice, language, form);
    const words = this.#wordsFor(productOf?.(event));
    return eventCard(event, words, { form, showTenant, hasState, title: this.#title });
  }

  /** The same for each event of a product: what is kept of its lines is kept by it. */
  #wordsFor(product: Product | undefined): Vocabulary {
    let words = this.#words.get(product);
    if (words === undefined) {
      words = { product, language: this.language, links: this.#products.links };
      this.#words.set(product, words);
    }
    return words;
  }
}
