// The style sheet of the page. Its hash is in the page's Content-Security-Policy.

export const styleSheet = `
:root {
  color-scheme: light dark;
  --side: #1e325c; --side-text: #dfe6f5; --side-quiet: #a9b7d6; --side-active: #2f4a80;
  --page: #ffffff; --text: #3f4350; --strong: #1b1d22; --quiet: #62697a; --line: #dcdee5; --hover: #f6f7f9;
  --link: #1c58d9; --code: #f1f2f5; --card: #ffffff; --mark: #ffe6a3; --mark-text: #3d2f00; --new: #eef3ff; --good: #1f7a3d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --side: #16181d; --side-text: #dcdfe6; --side-quiet: #9aa0ae; --side-active: #2b2f39;
    --page: #1f2228; --text: #ced1da; --strong: #f3f4f7; --quiet: #9ea4b3; --line: #393d47; --hover: #252931;
    --link: #7ea7ff; --code: #2b2f38; --card: #23262d; --mark: #5c4a12; --mark-text: #ffe9b3; --new: #262d3d; --good: #6fd08c;
  }
}
* { box-sizing: border-box; scrollbar-width: thin; }
html, body { height: 100%; margin: 0; }
/* Measures of the real client: the messages of a window of 1280×900 have 616 px, those of a phone 675. */
body {
  display: grid; grid-template: 85px 56px minmax(0, 1fr) 143px / 269px minmax(0, 1fr); grid-template-areas: "top top" "side head" "side log" "side foot";
  background: var(--page); color: var(--text); overflow: hidden;
  font: 0.9375rem/1.5 "Open Sans", "Noto Sans", "Noto Sans Thai", system-ui, -apple-system, "Segoe UI", Roboto, Thonburi, "Leelawadee UI", Loma, sans-serif;
}
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 3; background: var(--page); padding: .5rem; }

.top { grid-area: top; display: grid; grid-template-columns: 245px minmax(0, 27rem) 1fr; align-items: center; gap: 1rem; padding: 0 .75rem; background: var(--side); color: var(--side-text); }
.top h1 { display: flex; align-items: center; gap: .6rem; margin: 0; padding: 0 .5rem; font-size: 1.0625rem; line-height: 1.3; color: #fff; }
.top h1 svg { width: 1.75rem; height: 1.75rem; flex: none; }
.top h1 small { display: block; font-size: .75rem; font-weight: 400; color: var(--side-quiet); }
.search { width: 100%; height: 30px; padding: 0 .75rem; border: 1px solid var(--side-active); border-radius: .3rem; background: var(--side-active); color: #fff; font: inherit; font-size: .8125rem; }
.search::placeholder { color: var(--side-quiet); }
.found { font-size: .8125rem; color: var(--side-quiet); }
.side { grid-area: side; display: flex; flex-direction: column; gap: 1.25rem; padding: 1rem .75rem; background: var(--side); color: var(--side-text); overflow-y: auto; }
.side h2 { margin: 0 0 .3rem; padding: 0 .5rem; font-size: .6875rem; letter-spacing: .06em; text-transform: uppercase; color: var(--side-quiet); }
.side ul { list-style: none; margin: 0; padding: 0; }
.side li a { display: block; padding: .3rem .5rem; border-radius: .3rem; color: var(--side-text); text-decoration: none; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.side li a::before { content: "#"; margin-right: .5rem; color: var(--side-quiet); }
.side li a:hover { background: var(--side-active); }
.side li a[aria-current] { background: var(--side-active); color: #fff; font-weight: 600; }
.side .about { margin: auto 0 0; padding: .75rem .5rem 0; border-top: 1px solid var(--side-active); font-size: .8125rem; color: var(--side-quiet); }

.head { grid-area: head; display: flex; align-items: center; gap: .35rem 1.5rem; padding: 0 1.25rem; border-bottom: 1px solid var(--line); overflow: hidden; }
.foot { grid-area: foot; padding: 14px 20px 20px; }
.foot > p { height: 100%; margin: 0; padding: .75rem 1rem; border: 2px solid var(--line); border-radius: .3rem; color: var(--quiet); font-size: .875rem; }
.head h2 { margin: 0; font-size: 1.0625rem; color: var(--strong); white-space: nowrap; }
.head h2::before { content: "#"; margin-right: .35rem; color: var(--quiet); font-weight: 400; }
.status { display: flex; flex-wrap: wrap; align-items: center; gap: .1rem .5rem; margin: 0 0 0 auto; line-height: 1.3; font-size: .75rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.status dl { display: contents; }
.status dl > div { display: flex; gap: .35rem; align-items: baseline; }
.status dt { order: 2; }
.status dd { order: 1; margin: 0; font-weight: 600; color: var(--strong); }
.status .severity::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: #a3a9b6; }
.status .critical::before { background: #ff0000; } .status .high::before { background: #ff6600; } .status .medium::before { background: #ffd700; }
.status .low::before { background: #00c800; } .status .info::before { background: #0099ff; }
.live::before { content: ""; display: inline-block; width: .5rem; height: .5rem; margin-right: .35rem; border-radius: 50%; background: var(--good); }
.live.lost::before { background: #d6262e; }

.log { grid-area: log; overflow-y: auto; padding: 0 0 .5rem; scrollbar-gutter: stable; }
.empty { padding: 0 1.25rem; color: var(--quiet); }
.post { display: grid; grid-template-columns: 32px minmax(0, 1fr); gap: 10px; padding: 8px 10px 8px 37px; font-size: 14px; line-height: 20px; }
.post[hidden] { display: none; }
.post:hover { background: var(--hover); }
.post.pinged { background: var(--mark); }
.post.fresh { animation: fresh 2.5s ease-out; }
@keyframes fresh { from { background: var(--new); } }
.avatar { width: 2rem; height: 2rem; }
.post header { display: flex; align-items: baseline; gap: .4rem; height: 20px; margin-bottom: 2px; }
.sender { font-weight: 600; color: var(--strong); }
.bot { padding: 0 .3rem; border-radius: .2rem; background: var(--code); color: var(--quiet); font-size: .625rem; font-weight: 600; line-height: 1rem; }
time { font-size: .75rem; color: var(--quiet); }
.attachment { position: relative; margin: 7px 0 0; padding: 14px 16px 13px; border: 1px solid var(--line); border-radius: 4px; background: var(--card); overflow: hidden; }
.bar { position: absolute; inset: 0 auto 0 0; width: 4px; height: 100%; }
.title { margin: 0 0 5px; font-size: 16px; line-height: 20px; color: var(--strong); }
.author { font-size: .8125rem; color: var(--quiet); }
.footer { margin-top: 10px; font-size: 12px; line-height: 18px; color: var(--quiet); }
.fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 11px 24px; margin: 10px 0 0; }
.field.long { grid-column: 1 / -1; }
.field dt { font-weight: 600; color: var(--strong); }
.field dd { margin: 0; }
.folds:not(.open) { overflow: hidden; -webkit-mask-image: linear-gradient(#000 calc(100% - 110px), transparent calc(100% - 36px)); mask-image: linear-gradient(#000 calc(100% - 110px), transparent calc(100% - 36px)); }
.folds.low:not(.open) { max-height: 200px; } .folds.tall:not(.open) { max-height: 600px; }
.more { display: block; position: relative; height: 26px; margin: 6px auto 0; padding: 0 .75rem; border: 1px solid var(--line); border-radius: 4px; background: var(--page); color: var(--link); font: inherit; font-weight: 600; line-height: 20px; cursor: pointer; }
.folds:not(.open) + .more { margin-top: -26px; }
.post p { margin: 0 0 .35rem; } .post p:last-child { margin-bottom: 0; }
.post p, .post li, .field dt, .title, .footer { overflow-wrap: break-word; }
.heading { font-weight: 700; color: var(--strong); } .heading-1 { font-size: 1.4em; } .heading-2 { font-size: 1.2em; } .heading-3 { font-size: 1.1em; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
code { padding: 1px 4px; border-radius: .2rem; background: var(--code); overflow-wrap: anywhere; white-space: pre-wrap; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
pre { margin: .2rem 0; padding: .5rem .65rem; max-height: 13rem; overflow: auto; border: 1px solid var(--line); border-radius: .3rem; background: var(--code); }
pre code { padding: 0; background: none; white-space: pre; overflow-wrap: normal; }
blockquote { margin: .2rem 0; padding-left: .75rem; border-left: .2rem solid var(--line); }
.post ul, .post ol { margin: .2rem 0; padding-left: 1.4rem; }
.scroll { overflow-x: auto; } .post .scroll:not(:last-child) { margin-bottom: .35rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .5rem; border: 1px solid var(--line); text-align: left; white-space: nowrap; }
th { background: var(--hover); font-size: .8125rem; color: var(--strong); } table code { display: inline-block; width: max-content; max-width: 18rem; overflow-wrap: break-word; }
mark { padding: 0 .15em; border-radius: .2rem; background: var(--mark); color: var(--mark-text); }
.mark, .urgent { font-size: .75rem; color: var(--quiet); }
.urgent { padding: 0 .3rem; border-radius: .2rem; background: #d6262e; color: #fff; font-size: .625rem; font-weight: 600; line-height: 1rem; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.action { height: 28px; padding: 0 .75rem; border: 1px solid var(--line); border-radius: 4px; background: var(--code); color: var(--strong); font: inherit; font-size: 12px; line-height: 16px; font-weight: 600; cursor: pointer; max-width: 100%; }
.action.primary { border-color: var(--link); background: var(--link); color: var(--page); } .action.danger { color: #d6262e; }
.action:disabled { cursor: default; opacity: .7; }
.thread { margin-top: 6px; } .thread > summary { color: var(--link); font-size: 12px; font-weight: 600; cursor: pointer; }
.thread .post { padding: 6px 0 6px 10px; border-left: 2px solid var(--line); }
.ephemeral, .answer { margin-top: 6px; padding: 6px 10px; border-left: 3px solid var(--link); background: var(--new); font-size: 13px; overflow-wrap: anywhere; }
.only { color: var(--quiet); font-size: 11px; }
.write { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .3rem .5rem; }
.write label { grid-column: 1 / -1; color: var(--quiet); font-size: .75rem; }
.write input { padding: .4rem .6rem; border: 1px solid var(--line); border-radius: 4px; background: var(--page); color: var(--text); font: inherit; font-size: 14px; }
.write button { padding: 0 1rem; border: 1px solid var(--line); border-radius: 4px; background: var(--code); color: var(--strong); font: inherit; font-weight: 600; cursor: pointer; }
.answer { position: fixed; right: 1.25rem; bottom: 150px; width: min(46rem, calc(100vw - 2.5rem)); max-height: 50vh; overflow: auto; border: 1px solid var(--line); border-left: 3px solid var(--link); border-radius: 4px; background: var(--page); box-shadow: 0 2px 12px #0003; }
.answer[hidden] { display: none; }
.cut { color: #d6262e; font-size: .8125rem; }
.post.pinned { background: var(--mark); }
.reactions { display: flex; gap: .35rem; margin-top: .35rem; } .reaction { padding: .05rem .4rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .75rem; }
.jump { position: fixed; right: 1.5rem; bottom: 150px; padding: .5rem .9rem; border: 0; border-radius: 2rem; background: var(--link); color: var(--page); font: inherit; font-size: .875rem; font-weight: 600; cursor: pointer; box-shadow: 0 2px 8px #0005; }
.jump[hidden] { display: none; }

@media (max-width: 46rem) {
  body { grid-template: 51px minmax(0, 1fr) 118px / auto minmax(0, 1fr); grid-template-areas: "side top" "log log" "head head"; }
  .side { padding: 0 0 0 .5rem; justify-content: center; } .side .about, .side h2, .top h1, .foot { display: none; }
  .side ul { display: flex; } .side li a { padding: .2rem .4rem; font-size: .75rem; } .side li:not(:has([aria-current])) { display: none; }
  .top { grid-template-columns: minmax(0, 1fr) auto; gap: .5rem; padding: 0 .5rem; }
  .head { border-top: 1px solid var(--line); border-bottom: 0; } .head h2 { display: none; } .status { margin: 0; font-size: .75rem; }
  .post { padding: 8px 18px; gap: 12px; }
}
@media (prefers-reduced-motion: reduce) { .post.fresh { animation: none; } }
`;
