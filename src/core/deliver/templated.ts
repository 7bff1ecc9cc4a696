// Renders the template of a delivery. If that fails, the sink's own card goes out and the failure
// is logged and counted, so that no alert is lost to a template.

import { noticeSource } from '../../kit/event.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Message } from '../../kit/sink.ts';
import type { Voice } from '../message/index.ts';
import type { Route } from '../routing/index.ts';
import { renderTemplate, type Template } from '../template/template.ts';

export interface TemplatedDependencies {
  readonly id: string;
  readonly voice: Pick<Voice, 'templateWords'>;
  /** The sink's own, for events for which their route has none. */
  readonly template?: Template | undefined;
  readonly log: { warn(fields: { readonly error: string }, message: string): void };
  readonly metrics: { readonly templateFailures: { inc(labels: { readonly sink: string }): void } };
}

/**
 * Empty for a bare message, for what Tocsin itself says, and without a template. Never throws.
 * @param route whose way to the sink the delivery goes, if it has one
 */
export function templated(
  deps: TemplatedDependencies,
  { event, form }: Pick<DueDelivery, 'event' | 'form'>,
  route: Route | undefined,
): Pick<Message, 'template'> {
  const template = route?.templates?.get(deps.id) ?? deps.template;
  if (!template || form === 'bare' || event.source === noticeSource) return {};
  try {
    return { template: renderTemplate(template, event, { form, words: deps.voice.templateWords }) };
  } catch (error) {
    deps.metrics.templateFailures.inc({ sink: deps.id });
    const fields = {
      sink: deps.id,
      event_id: event.id,
      template: template.name,
      error: (error as Error).message,
    };
    deps.log.warn(fields, 'the template failed: the sink’s own card is sent');
    return {};
  }
}
