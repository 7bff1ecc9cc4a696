// What only our own page can have sent is told from what another site can make a browser send.
import { expect, test } from 'vitest';
import { forgeryIn, type SentRequest } from '../../../src/http/identity/csrf.ts';

const own = 'https://tocsin.example';
const form = 'application/x-www-form-urlencoded';
const post: SentRequest = {
  method: 'POST',
  fetchSite: 'same-origin',
  origin: own,
  contentType: form,
  hasBody: true,
};

test.each<Partial<SentRequest>>([
  {},
  { fetchSite: undefined },
  { origin: undefined },
  { contentType: 'application/json; charset=utf-8' },
  { contentType: 'multipart/form-data; boundary=x' },
  { contentType: undefined, hasBody: false },
  { method: 'GET', fetchSite: 'cross-site', origin: undefined },
  { method: 'HEAD', fetchSite: 'cross-site' },
])('%j is our own', (more) => {
  expect(forgeryIn({ ...post, ...more }, own)).toBeNull();
});

test.each<Partial<SentRequest>>([
  { fetchSite: 'cross-site' },
  { fetchSite: 'same-site' },
  { fetchSite: 'none' },
  { fetchSite: '' },
  { fetchSite: undefined, origin: undefined },
  { fetchSite: undefined, origin: 'null' },
  { fetchSite: undefined, origin: 'http://tocsin.example' },
  { fetchSite: undefined, origin: 'https://tocsin.example:8443' },
  { fetchSite: undefined, origin: 'https://tocsin.example.evil.example' },
  { method: 'DELETE', fetchSite: 'cross-site', hasBody: false },
  { method: 'post', fetchSite: 'cross-site' },
])('%j is not', (more) => {
  expect(forgeryIn({ ...post, ...more }, own)).toContain('PUBLIC_URL');
});

test.each(['text/plain', 'text/plain; application/json', 'application/jsonp', '', undefined])(
  'a body of the type %j is refused',
  (contentType) => {
    expect(forgeryIn({ ...post, contentType }, own)).toContain('content type');
  },
);
