// What people are told of the product whose events a source reads: its name, and what one item of
// each of its streams is called. A part of a source's definition, so that no sink names a vendor.
// Pure.

/** Our own words, in one language. They may stand in a title as they are. */
export interface StreamWords {
  /** Over the card of one item: `New Event Detected`. */
  readonly title: string;
  /** What its number is called: `Event ID`. */
  readonly number: string;
}

/** What a word of the vendor's means to a reader, in running text: `quarantine failed`. */
export interface Term {
  readonly en: string;
  /** English if absent. */
  readonly th?: string;
  /** The reader must act: the attack was not stopped, or the file is still there. */
  readonly isBad?: true;
  /** Another fact of the event says more about what it is. */
  readonly isGeneric?: true;
}

/** The facts of an event whose words are the vendor's, and an open set. */
export type TermKind = 'type' | 'trigger' | 'threatType' | 'action' | 'lastAction' | 'status';

export interface Product {
  /** As cards are signed. */
  readonly name: string;
  /** Readable words, by the vendor's own. A word that is missing is shown as the vendor writes it. */
  readonly terms?: Readonly<Partial<Record<TermKind, Readonly<Record<string, Term>>>>>;
  /** By stream, then by locale. A locale that is missing counts as English. */
  readonly streams: Readonly<
    Record<string, { readonly en: StreamWords } & Readonly<Record<string, StreamWords>>>
  >;
}

/** What says which product an event is of. */
export interface ProductKey {
  /** Id of the source. */
  readonly source: string;
  readonly stream: string;
}

/** Undefined if nobody knows: then a sink uses words that fit any event. */
export type ProductOf = (event: ProductKey) => Product | undefined;

/** The words for a stream in a language; undefined for a stream that the product does not name. */
export function streamWords(
  product: Product | undefined,
  stream: string,
  locale: string,
): StreamWords | undefined {
  const words = product?.streams[stream];
  return words?.[locale] ?? words?.en;
}

/**
 * Finds an event's product: that of its source; of a source that is not configured any more, the
 * one product that has such a stream, if there is one alone.
 * @param configured the sources, each with the type that it has
 * @param definitions by type
 */
export function createProductOf(
  configured: readonly { readonly id: string; readonly type: string }[],
  definitions: Readonly<Record<string, { readonly product?: Product }>>,
): ProductOf {
  const bySource = new Map(configured.map(({ id, type }) => [id, definitions[type]?.product]));
  const all = Object.values(definitions).flatMap(({ product }) => product ?? []);
  return ({ source, stream }) => {
    if (bySource.has(source)) return bySource.get(source);
    const holders = all.filter(({ streams }) => Object.hasOwn(streams, stream));
    return holders.length === 1 ? holders[0] : undefined;
  };
}

/** The product of all these sources, if they are of one. */
export function onlyProduct(
  configured: readonly { readonly type: string }[],
  definitions: Readonly<Record<string, { readonly product?: Product }>>,
): Product | undefined {
  const [first, ...others] = configured.map(({ type }) => definitions[type]?.product);
  return others.every((other) => other?.name === first?.name) ? first : undefined;
}
