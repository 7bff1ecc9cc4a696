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
  const all = posts.querySelectorAll(':scope > .post');
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
  const last = posts.querySelector(':scope > .post:last-of-type');
  const holder = document.createElement('template');
  holder.innerHTML = html;
  for (const post of holder.content.querySelectorAll(':scope > .post')) {
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

// What a reader unfolded stays unfolded.
function change({ sequence, html }) {
  const old = posts.querySelector(':scope > .post[data-sequence="' + sequence + '"]');
  if (!old) return;
  const wasAtEnd = isAtEnd();
  const holder = document.createElement('template');
  holder.innerHTML = html;
  const next = holder.content.querySelector('.post');
  if (!next) { old.remove(); return; }
  const open = [...old.querySelectorAll('.folds')].map((text) => text.classList.contains('open'));
  const thread = next.querySelector(':scope > .body > .thread');
  if (thread) thread.open = old.querySelector(':scope > .body > .thread')?.open ?? false;
  const said = old.querySelector(':scope > .body > .ephemeral');
  if (said) next.querySelector('.body').append(said);
  next.classList.add('fresh');
  old.replaceWith(next);
  fold([next]);
  [...next.querySelectorAll('.folds')].forEach((text, at) => { if (open[at]) text.nextElementSibling.click(); });
  search();
  if (wasAtEnd) toEnd();
}

async function ask(path, body) {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.ok ? await answer.json() : { html: 'Nobody answered.' };
  } catch { return { html: 'Nobody answered.' }; }
}
// As the real client draws it: below the post, for this reader alone.
function say(place, html) {
  let box = place.querySelector(':scope > .ephemeral');
  if (!box) {
    box = document.createElement('div');
    box.className = 'ephemeral';
    box.setAttribute('role', 'status');
    place.append(box);
  }
  box.innerHTML = '<p class="only">Only visible to you</p>' + html;
  box.scrollIntoView({ block: 'nearest' });
}
async function press(control, value) {
  const { post, action } = control.dataset;
  const id = control.closest('.posts > .post').dataset.sequence;
  control.disabled = true;
  const { html } = await ask('/press', { post, action, value });
  control.disabled = false;
  const body = posts.querySelector(':scope > .post[data-sequence="' + id + '"] > .body');
  if (html && body) say(body, html);
}
posts.addEventListener('click', (event) => {
  const button = event.target.closest('button.action');
  if (button) void press(button);
});
posts.addEventListener('change', (event) => {
  const menu = event.target.closest('select.action');
  if (!menu || menu.value === '') return;
  const { value } = menu;
  menu.value = '';
  void press(menu, value);
});
document.querySelector('.write')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const input = document.querySelector('.command');
  const text = input.value.trim();
  if (text === '') return;
  const channel = document.querySelector('.head h2').textContent;
  const { html } = await ask('/type', { text, channel });
  const box = document.querySelector('.answer');
  box.innerHTML = '<p class="only">Only visible to you</p>' + (html ?? '');
  box.hidden = false;
  input.select();
});

fold(posts.querySelectorAll('.post'));
const newest = posts.querySelector(':scope > .post:last-of-type');
const source = new EventSource('/stream' + location.search + (location.search ? '&' : '?') + 'after=' + (newest ? sequenceOf(newest) : 0));
source.addEventListener('posts', (event) => show(JSON.parse(event.data)));
source.addEventListener('changed', (event) => change(JSON.parse(event.data)));
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
