// Sources that are polled over HTTP by time: the plan of one is all that such a source is.
export { type AuthSettings, authSettings, credentialOf, faultOfAuth, headerName } from './auth.ts';
export { basicCredential, type CredentialPlan } from './credential.ts';
export type { Paging, PollPlan, RequestPlan, Sheet, TimeForm } from './plan.ts';
export { polledBy } from './polled-by.ts';
export { describePosition } from './position.ts';
export { searchOf } from './search.ts';
export {
  boundsOf,
  durationText,
  type PollSettings,
  pollSettings,
  pollWarnings,
} from './settings.ts';
export { singleEvent } from './single-event.ts';
export { PolledSource } from './source.ts';
export { type PlaceName, placesIn, type Template } from './template.ts';
