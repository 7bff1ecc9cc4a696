// Routes: as they are written, and what they would do with an event: one that is stored, or one that
// somebody pastes.
import { event, route, states } from '../../../operations/index.ts';
import { Area, Field } from '../parts/form.tsx';
import { TheirBlock, Theirs } from '../parts/text.tsx';
import type { Act, Shown, View, Visit } from '../visit.ts';
import { today } from './event/today.tsx';

type Decided = Awaited<ReturnType<typeof route.test.run>>;

export const routes: View = async (visit) => {
  const id = visit.url.searchParams.get('event')?.trim();
  return shown(visit, {
    decided: id ? await visit.operate(event.decide, { event: id }) : undefined,
    item: '',
  });
};

/** Changes nothing: what is pasted would not fit into an address. */
export const testRoutes: Act = async (visit, _fields, { source = '', item = '' }) =>
  shown(visit, { decided: await visit.operate(route.test, { source, item }), item });

async function shown(
  visit: Visit,
  { decided, item }: { readonly decided: Decided | undefined; readonly item: string },
): Promise<Shown> {
  const { words, operate } = visit;
  const own = words.routes;
  const [{ routes: written }, { items }] = await Promise.all([
    operate(route.show, { locale: visit.locale }),
    operate(states.sources, {}),
  ]);
  return {
    title: words.nav.routes,
    body: (
      <>
        <h1>{words.nav.routes}</h1>
        <p class="row">
          <a class="button" href="/routes/draft">
            {own.draft}
          </a>
        </p>
        {decided === undefined ? (
          ''
        ) : (
          <section class="panel group" id="decided">
            <h2>{own.decided}</h2>
            {today(decided, visit)}
          </section>
        )}
        <div class="halves">
          <div>
            <h2>{words.nav.routes}</h2>
            {written.map((one) => oneRoute(one, visit))}
          </div>
          <div>
            <h2>{own.tryOut}</h2>
            <form method="get" action="/routes" class="filters">
              <Field visit={visit} name="event" label={own.number} required />
              <button type="submit">{own.try}</button>
            </form>
            <form method="post" action="/routes/test">
              <Field
                {...{ visit, name: 'source', label: words.sinks.source }}
                choices={items.flatMap(({ source, type }) =>
                  type === null ? [] : [{ value: source, text: source }],
                )}
              />
              <Area name="item" label={own.item} value={item} rows={10} />
              <p>
                <button type="submit">{own.try}</button>
              </p>
            </form>
          </div>
        </div>
      </>
    ),
  };
}

function oneRoute(
  one: Awaited<ReturnType<typeof route.show.run>>['routes'][number],
  { words }: Visit,
) {
  const own = words.routes;
  return (
    <section class="panel group">
      <h3>
        <bdi>{one.name}</bdi> → {one.to.join(', ')}
      </h3>
      <ul>
        {one.sentences.map((sentence) => (
          <li>
            <Theirs text={sentence} />
          </li>
        ))}
      </ul>
      {one.written === null ? (
        <p class="quiet">{own.unwritten}</p>
      ) : (
        <details>
          <summary>{own.asWritten}</summary>
          <TheirBlock text={one.written} />
        </details>
      )}
    </section>
  );
}
