// The contract of sources, kept by `deepinstinct_suspicious_events`; what is Deep Instinct's own is
// tested in deepinstinct/.
import { deepinstinctSuspiciousEvents } from '../../src/sources/deepinstinct/index.ts';
import { describePollSource } from '../contract/source-suite.ts';
import { brokenPages, configOf, emptyPage, fixtureOf } from './deepinstinct/page-fixtures.ts';

describePollSource(deepinstinctSuspiciousEvents, {
  config: configOf,
  fixtures: ['suspicious-events-3.3', 'suspicious-events-5'].map(fixtureOf),
  emptyPage,
  brokenPages,
});
