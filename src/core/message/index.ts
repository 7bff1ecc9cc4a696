// Composes what Tocsin says: an event, a digest or a notice as a card, once in a language and a
// time zone, however many sinks it goes to. Knows no sink.
import type { Sink } from '../../kit/sink.ts';
import type { Buttons } from './actions.ts';
import { Composer, type Products, type Style } from './composer.ts';
import { Voice } from './voice.ts';

export { currentOf } from './current.ts';
export { type Circumstances, type HeldCard, Voice } from './voice.ts';

export interface VoiceOptions extends Omit<Style, 'title'> {
  readonly buttons?: Buttons | undefined;
}

/** One composer for each style: what it composed for one sink serves the others. */
export class Composers {
  readonly #products: Products;
  readonly #known = new Map<string, Composer>();

  constructor(products: Products) {
    this.#products = products;
  }

  /** @throws {RangeError} unknown time zone */
  of(style: Style): Composer {
    const key = [style.locale, style.timeZone, style.title].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const composer = new Composer(style, this.#products);
    this.#known.set(key, composer);
    return composer;
  }

  /**
   * The voice of `sink` in that language and zone.
   * @param options with what makes the buttons of its cards work; absent: they have none
   * @throws {RangeError} unknown time zone
   */
  voiceOf(
    sink: Pick<Sink, 'limits' | 'can' | 'titles'>,
    { locale, timeZone, buttons }: VoiceOptions,
  ): Voice {
    const composer = this.of({ locale, timeZone, title: sink.titles ?? 'number' });
    composer.addVoice();
    return new Voice(sink, composer, buttons);
  }
}
