// The request for one page, out of the templates of a plan. Pure.
import type { HttpRequest } from '../http/index.ts';
import { numberIn } from './paging.ts';
import type { Paging, PollPlan, RequestPlan, TimeForm } from './plan.ts';
import type { Walk } from './position.ts';
import { filledTemplate, type Json, type Places, wordOf } from './template.ts';

/** Without what bounds it and what proves who asks. */
export type PageRequest = Pick<HttpRequest, 'method' | 'url' | 'body'> & {
  readonly headers: Readonly<Record<string, string>>;
};

export function requestOf(
  { request, paging }: Pick<PollPlan, 'request' | 'paging'>,
  walk: Walk,
): PageRequest {
  const places = placesOf(request.times, paging, walk);
  const { method, headers } = request;
  const body = request.body === undefined ? undefined : filledTemplate(request.body, places);
  const isJson = body !== undefined;
  return {
    method,
    url: addressOf(request, paging, walk, places),
    headers: {
      accept: 'application/json',
      ...(isJson && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(isJson && { body: JSON.stringify(body) }),
  };
}

function placesOf(times: TimeForm, paging: Paging, { since, until, mark }: Walk): Places {
  const border = paging.kind === 'time' && typeof mark === 'number' ? mark : undefined;
  const isDown = paging.kind === 'time' && paging.order === 'newest_first';
  return {
    since: timeText((isDown ? undefined : border) ?? since, times, Math.floor),
    until: timeText((isDown ? border : undefined) ?? until, times, Math.ceil),
    cursor: paging.kind === 'cursor' ? mark : undefined,
    page: paging.kind === 'page' ? numberIn(mark, paging.first) : undefined,
    offset: paging.kind === 'offset' ? numberIn(mark, paging.first) : undefined,
  };
}

/** @param round to whole seconds: never so that a time would be left out */
function timeText(ms: number, form: TimeForm, round: (seconds: number) => number): Json {
  if (form === 'unix_ms') return ms;
  if (form === 'unix') return round(ms / 1000);
  if (form === 'iso') return new Date(ms).toISOString();
  return new Date(round(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function addressOf(
  { url, query }: RequestPlan,
  paging: Paging,
  { mark }: Walk,
  places: Places,
): string {
  const isWhole = paging.kind === 'link' || paging.kind === 'next_url';
  if (isWhole && typeof mark === 'string') return mark;
  const pairs = Object.entries(query).flatMap(([name, template]) => {
    const value = filledTemplate(template, places);
    // Blanks as %20: some read a plus sign in a filter as one.
    return value === undefined
      ? []
      : [`${encodeURIComponent(name)}=${encodeURIComponent(wordOf(value))}`];
  });
  if (pairs.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}
