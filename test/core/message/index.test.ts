// One composition serves every sink of a language.
import { describe, expect, it } from 'vitest';
import { Composers } from '../../../src/core/message/index.ts';
import { storedEvent } from '../../support/events.ts';

const style = { locale: 'en', timeZone: 'UTC', title: 'number' } as const;

describe('composers', () => {
  it('compose an event once, for however many sinks of a style', () => {
    const composers = new Composers({});
    const event = storedEvent();
    const first = composers.of(style).compose(event, { form: 'full', showTenant: false });
    expect(
      composers.of({ ...style }).compose({ ...event }, { form: 'full', showTenant: false }),
    ).toBe(first);
  });

  it('compose anew for another form, language, zone or title', () => {
    const composers = new Composers({});
    const event = storedEvent();
    const first = composers.of(style).compose(event, { form: 'full', showTenant: false });
    const others = [
      composers.of(style).compose(event, { form: 'short', showTenant: false }),
      composers.of(style).compose(event, { form: 'full', showTenant: true }),
      composers.of({ ...style, locale: 'th' }).compose(event, { form: 'full', showTenant: false }),
      composers
        .of({ ...style, timeZone: 'Asia/Bangkok' })
        .compose(event, { form: 'full', showTenant: false }),
      composers
        .of({ ...style, title: 'stream' })
        .compose(event, { form: 'full', showTenant: false }),
    ];
    for (const other of others) expect(other).not.toEqual(first);
  });

  it('keep no more than they may, and compose again what they let go', () => {
    const composer = new Composers({}).of(style);
    const first = composer.compose(storedEvent({ id: 1 }), { form: 'full', showTenant: false });
    for (let id = 2; id <= 501; id += 1)
      composer.compose(storedEvent({ id }), { form: 'full', showTenant: false });
    const again = composer.compose(storedEvent({ id: 1 }), { form: 'full', showTenant: false });
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('keep nothing that was not stored', () => {
    const composer = new Composers({}).of(style);
    const one = composer.compose(storedEvent({ id: 0 }), { form: 'full', showTenant: false });
    expect(composer.compose(storedEvent({ id: 0 }), { form: 'full', showTenant: false })).not.toBe(
      one,
    );
  });
});
