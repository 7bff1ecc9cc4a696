// The script of the page, which works without it: times in the viewer's zone, refreshing in place,
// copying, keys. It never makes markup out of text.
const main = document.querySelector('main');
const said = document.getElementById('said');

// The order of year, month and day is the same for everybody, as in what the server writes.
const zoned = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** A moment in the viewer's zone; undefined if the text is none. */
function localTime(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : zoned.format(at);
}

/** Shows the moment in the viewer's zone, and in UTC on hover. */
function setTime(time, at) {
  const local = localTime(at);
  if (local === undefined) return;
  time.dateTime = at;
  time.textContent = local;
  time.title = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

function localise(root) {
  for (const time of root.querySelectorAll('time[datetime]')) setTime(time, time.dateTime);
  if (navigator.clipboard !== undefined)
    for (const button of root.querySelectorAll('button[data-copied]')) button.hidden = false;
}

function say(text) {
  said.textContent = text;
  setTimeout(() => {
    if (said.textContent === text) said.textContent = '';
  }, 3000);
}

/** Rows that a person can go to by keys. */
const rowsOf = (root) => [...root.querySelectorAll('tr[data-key]')];
const byKey = (root, key) => rowsOf(root).find((row) => row.dataset.key === key);

/** What somebody wrote there would be lost, though they look elsewhere for a while. */
function isFilledIn({ value, defaultValue }) {
  return value !== defaultValue;
}

function isBusy() {
  return (
    document.hidden ||
    document.querySelector('dialog[open]') !== null ||
    main.querySelector('input:focus, select:focus, textarea:focus') !== null ||
    [...main.querySelectorAll('input, textarea')].some(isFilledIn) ||
    String(document.getSelection()) !== ''
  );
}

/** Asks for the page again and takes over its content, unless somebody is busy in it. */
async function refresh() {
  if (isBusy()) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || isBusy()) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = next.querySelector('main');
  if (fresh === null || next.title !== document.title) return;
  localise(fresh);
  replaceContent(fresh);
  setTime(document.querySelector('#refreshed time'), new Date().toISOString());
}

/** What a viewer looks at stays where it is. */
function replaceContent(fresh) {
  const known = new Set(rowsOf(main).map((row) => row.dataset.key));
  for (const row of rowsOf(fresh))
    if (known.size > 0 && !known.has(row.dataset.key)) row.classList.add('fresh');
  const top = (row) => row.getBoundingClientRect().top;
  const anchor = scrollY > 0 ? rowsOf(main).find((row) => top(row) >= 0) : undefined;
  const before = anchor && top(anchor);
  const focus = document.activeElement;
  const opened = [...main.querySelectorAll('details[open][id]')].map(({ id }) => id);
  const lefts = [...main.querySelectorAll('.scroll')].map(({ scrollLeft }) => scrollLeft);
  main.replaceChildren(...fresh.childNodes);
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
  for (const [at, one] of [...main.querySelectorAll('.scroll')].entries())
    one.scrollLeft = lefts[at] ?? 0;
  const again = focus.id ? document.getElementById(focus.id) : byKey(main, focus.dataset?.key);
  if (again && again !== focus) focusOn(again);
  const same = anchor && byKey(main, anchor.dataset.key);
  if (same) scrollBy(0, top(same) - before);
}

function focusOn(element) {
  if (element.matches('tr')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** Goes to the next row, or the one before. */
function goBy(step) {
  const rows = rowsOf(main);
  const at = rows.indexOf(document.activeElement?.closest('tr[data-key]'));
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (row === undefined) return;
  focusOn(row);
  row.scrollIntoView({ block: 'nearest' });
}

const help = document.getElementById('help');
const keys = {
  '/': () => main.querySelector('input[type="search"]')?.focus(),
  j: () => goBy(1),
  k: () => goBy(-1),
  '?': () => (help.open ? help.close() : help.showModal()),
};

let isGoing = false;
document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  const isTyping = target.closest('input, select, textarea') !== null;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isGoing) {
    isGoing = false;
    document.querySelector(`header a[data-go="${CSS.escape(key)}"]`)?.click();
  } else if (key === 'g') isGoing = true;
  else if (key === 'Enter' && target.matches('tr')) target.querySelector('a')?.click();
  else if (Object.hasOwn(keys, key) && (!help.open || key === '?')) {
    event.preventDefault();
    keys[key]();
  }
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button === null) return;
  if (button.dataset.copied !== undefined)
    navigator.clipboard
      .writeText(button.previousElementSibling.textContent)
      .then(() => say(button.dataset.copied))
      .catch(() => undefined);
  else if (button.dataset.closes !== undefined) help.close();
  else if (button.dataset.pause !== undefined) togglePause(button);
});

/** A pause lasts as long as the tab, and holds for every view. */
function togglePause(button) {
  const isPaused = button.getAttribute('aria-pressed') !== 'true';
  sessionStorage.setItem('paused', isPaused ? 'yes' : '');
  showPause(button, isPaused);
}

function showPause(button, isPaused) {
  button.setAttribute('aria-pressed', String(isPaused));
  button.textContent = isPaused ? button.dataset.resume : button.dataset.pause;
}

localise(document);
// On a phone the menu is wider than the screen.
document
  .querySelector('header [aria-current]')
  ?.scrollIntoView({ block: 'nearest', inline: 'center' });
for (const zone of document.querySelectorAll('[data-zone]'))
  zone.textContent = zone.dataset.zone.replace('{zone}', zoned.resolvedOptions().timeZone);
const pause = document.querySelector('#refreshed button');
const seconds = Number(main?.dataset.refresh);
if (pause !== null && seconds > 0) {
  pause.parentElement.hidden = false;
  showPause(pause, sessionStorage.getItem('paused') === 'yes');
  setInterval(() => {
    if (pause.getAttribute('aria-pressed') !== 'true') refresh().catch(() => undefined);
  }, seconds * 1000);
}
