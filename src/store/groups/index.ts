// Deliveries that are held: those that wait in a group, and those that travel in a digest.

export { freezeDigest, type NewDigest } from './freeze.ts';
export { type MemberChoice, readMembers } from './members.ts';
export { raiseDelivery, releaseCards } from './release.ts';
export { type DigestPart, type DigestSplit, splitDigest } from './split.ts';
export { forgetGroups, listWaitingGroups } from './waiting.ts';
