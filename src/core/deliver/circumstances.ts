// What a message says of one delivery besides its event, whether it is sent or edited.
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { DueEdit } from '../../kit/records/edit.ts';
import { type Circumstances, currentOf, type Voice } from '../message/index.ts';
import { type Route, routeNamed } from '../routing/index.ts';
import type { Template } from '../template/template.ts';
import { type DeliveryPolicy, remarksOf } from './policy.ts';
import { type TemplatedDependencies, templated } from './templated.ts';

export interface SpokenFor extends TemplatedDependencies {
  readonly voice: Voice;
  readonly template?: Template | undefined;
  readonly routes: readonly Route[];
  /** Cards must name their tenant. */
  showTenant(): boolean;
}

/** What a delivery and an edit have in common. */
type Spoken = Pick<DueDelivery, 'event' | 'form' | 'route' | 'incident'>;

/** Of an edit: with what the first card said of its delivery. */
export function circumstancesOfEdit(
  options: SpokenFor & { readonly policy: DeliveryPolicy },
  edit: DueEdit,
): Circumstances {
  return { ...circumstancesOf(options, edit), ...remarksOf(edit, options.policy) };
}

export function circumstancesOf(options: SpokenFor, spoken: Spoken): Circumstances {
  const { id, routes, showTenant } = options;
  const { event, form, incident } = spoken;
  const route = routeNamed(routes, spoken.route);
  return {
    form,
    showTenant: showTenant(),
    incident,
    hasSteps: route?.escalate !== undefined,
    settings: route?.settings?.get(id),
    ...templated(options, { event: currentOf(event, incident), form }, route),
  };
}
