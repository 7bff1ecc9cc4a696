// The script of the page: adds the posts that the server sends, stays at the newest, and shows when
// the connection is lost. Its hash is in the page's Content-Security-Policy. It inserts only HTML
// that the server rendered and escaped.

export const clientScript = `
'use strict';
const log = document.querySelector('.log');
const posts = document.querySelector('.posts');
const jump = document.querySelector('.jump');
const live = document.querySelector('.live');
const postsMax = 300;
const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120;
const toEnd = () => { log.scrollTop = log.scrollHeight; jump.hidden = true; };
const sequenceOf = (post) => Number(post.dataset.sequence);

// As the real client does: a message's text folds at 600 px, an attachment's at 200, and fields never.
const folds = [['.body > .text', 600, 'tall'], ['.attachment > .text', 200, 'low']];
function fold(posts) {
  for (const post of posts) for (const [selector, max, kind] of folds) for (const text of post.querySelectorAll(selector)) {
    if (text.classList.contains('folds') || text.scrollHeight <= max) continue;
    text.classList.add('folds', kind);
    const more = document.createElement('button');
    more.type = 'button';
    more.className = 'more';
    const say = () => { more.textContent = text.classList.contains('open') ? 'Show less' : 'Show more'; };
    more.addEventListener('click', () => { text.classList.toggle('open'); say(); });
    say();
    text.after(more);
  }
}

// The real search finds words of messages and of attachments' texts, and nothing of fields.
const box = document.querySelector('.search');
const found = document.querySelector('.found');
function search() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const all = posts.querySelectorAll('.post');
  let hits = 0;
  for (const post of all) {
    const texts = [...post.querySelectorAll('.body > .text, .attachment > .text')].map((text) => text.textContent.toLowerCase());
    post.hidden = !words.every((word) => texts.some((text) => text.includes(word)));
    if (!post.hidden) hits += 1;
  }
  found.textContent = words.length === 0 ? '' : hits + ' of ' + all.length;
}

function show(html) {
  const wasAtEnd = isAtEnd();
  const last = posts.querySelector('.post:last-of-type');
  const holder = document.createElement('template');
  holder.innerHTML = html;
  for (const post of holder.content.querySelectorAll('.post')) {
    if (last && sequenceOf(post) <= sequenceOf(last)) post.remove();
    else post.classList.add('fresh');
  }
  posts.querySelector('.empty')?.remove();
  const added = [...holder.content.querySelectorAll('.post')];
  posts.append(holder.content);
  fold(added);
  search();
  if (wasAtEnd) {
    while (posts.children.length > postsMax) posts.firstElementChild.remove();
    toEnd();
  } else jump.hidden = false;
}

fold(posts.querySelectorAll('.post'));
const newest = posts.querySelector('.post:last-of-type');
const source = new EventSource('/stream' + location.search + (location.search ? '&' : '?') + 'after=' + (newest ? sequenceOf(newest) : 0));
source.addEventListener('posts', (event) => show(JSON.parse(event.data)));
source.addEventListener('changed', (event) => {
  const { sequence, html } = JSON.parse(event.data);
  const old = posts.querySelector('.post[data-sequence="' + sequence + '"]');
  if (!old) return;
  const wasAtEnd = isAtEnd();
  const holder = document.createElement('template');
  holder.innerHTML = html;
  const now = [...holder.content.querySelectorAll('.post')];
  for (const post of now) post.classList.add('fresh');
  old.replaceWith(holder.content);
  fold(now);
  search();
  if (wasAtEnd) toEnd();
});
// What a press answers is for whoever pressed alone.
posts.addEventListener('click', async (event) => {
  const button = event.target.closest('button.action');
  if (!button) return;
  button.disabled = true;
  const { post, action, value } = button.dataset;
  const answer = await fetch('/press', { method: 'POST', headers: { 'x-press': '1' }, body: JSON.stringify({ post, action, value }) }).catch(() => null);
  const said = answer && answer.ok ? (await answer.json()).said : 'Nobody can press buttons here.';
  button.disabled = false;
  if (!said || !button.isConnected) return;
  const note = document.createElement('p');
  note.className = 'only-you';
  note.setAttribute('role', 'status');
  note.textContent = 'Only visible to you: ' + said;
  button.closest('.body').append(note);
});
source.addEventListener('status', (event) => {
  for (const [key, value] of Object.entries(JSON.parse(event.data))) {
    const place = document.querySelector('[data-status="' + key + '"]');
    if (place) place.textContent = value;
  }
});
source.addEventListener('open', () => { live.classList.remove('lost'); live.textContent = 'live'; });
source.addEventListener('error', () => { live.classList.add('lost'); live.textContent = 'not connected'; });
jump.addEventListener('click', toEnd);
box.addEventListener('input', () => { search(); toEnd(); });
log.addEventListener('scroll', () => { if (isAtEnd()) jump.hidden = true; });
toEnd();
`;
