// The script of the page, which works without it: times in the viewer's zone, refreshing in place,
// keys. It never makes markup out of text.
const zoned = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: 'short',
  timeStyle: 'medium',
});

function localise(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = zoned.format(at);
  }
}

/** Asks for the page again and takes over its content, unless somebody is busy in it. */
async function refresh(main) {
  const isBusy =
    document.hidden ||
    main.querySelector('input:focus, select:focus, textarea:focus, dialog[open]') !== null ||
    String(document.getSelection()) !== '';
  if (isBusy) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = next.querySelector('main');
  if (fresh === null || next.title !== document.title) return;
  const known = new Set([...main.querySelectorAll('tr[data-key]')].map((row) => row.dataset.key));
  const focused = document.activeElement?.id;
  const open = [...main.querySelectorAll('details[open][id]')].map(({ id }) => id);
  localise(fresh);
  for (const row of fresh.querySelectorAll('tr[data-key]'))
    if (known.size > 0 && !known.has(row.dataset.key)) row.classList.add('fresh');
  main.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

const main = document.querySelector('main');
localise(document);
const seconds = Number(main?.dataset.refresh);
if (seconds > 0) setInterval(() => refresh(main).catch(() => undefined), seconds * 1000);

let isGoing = false;
document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, select, textarea') !== null;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/') {
    const search = document.querySelector('input[type="search"]');
    if (search === null) return;
    event.preventDefault();
    search.focus();
  } else if (isGoing) {
    isGoing = false;
    document.querySelector(`header a[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else isGoing = event.key === 'g';
});
