// The contract of sources, kept by `deepinstinct_events`; what is Deep Instinct's own is tested in
// deepinstinct/.
import { deepinstinctEvents } from '../../src/sources/deepinstinct/index.ts';
import { describePollSource } from '../contract/source-suite.ts';
import { brokenPages, configOf, emptyPage, fixtureOf } from './deepinstinct/page-fixtures.ts';

describePollSource(deepinstinctEvents, {
  config: configOf,
  fixtures: ['events-2.3', 'events-5', 'events-behavioural', 'unrecognisable'].map(fixtureOf),
  emptyPage,
  brokenPages,
});
