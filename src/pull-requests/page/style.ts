/**
 * The style of the page of a run. All pairs of colours have a contrast of at least
 * 4.5:1, and each colour of a verdict comes with an icon and a word.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f6f8;
  --card: #ffffff;
  --sunk: #f7f9fb;
  --text: #19212c;
  --muted: #556070;
  --line: #dce1e8;
  --link: #0a58ca;
  --good: #0d6638;
  --good-ground: #e2f4e9;
  --bad: #ad1f18;
  --bad-ground: #fdebe9;
  --warn: #7d4500;
  --warn-ground: #fff1d6;
  --idle: #465264;
  --idle-ground: #e9edf2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e131a;
    --card: #161d26;
    --sunk: #11171f;
    --text: #e4e9f0;
    --muted: #a2aebe;
    --line: #2b3543;
    --link: #8ab6ff;
    --good: #74d69f;
    --good-ground: #12311f;
    --bad: #ffa198;
    --bad-ground: #3d1916;
    --warn: #f3c06f;
    --warn-ground: #35260b;
    --idle: #b8c3d1;
    --idle-ground: #252e3a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: anywhere;
}
.wrap { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
h1, h2, h3, h4, p, dl, dd { margin: 0; }
.code, .clock {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
  font-size: 0.875em;
}
.muted { color: var(--muted); }
.small { font-size: 0.875rem; }

.good { --tone: var(--good); --ground: var(--good-ground); }
.bad { --tone: var(--bad); --ground: var(--bad-ground); }
.warn { --tone: var(--warn); --ground: var(--warn-ground); }
.idle { --tone: var(--idle); --ground: var(--idle-ground); }

.top { background: var(--card); border-top: 6px solid var(--tone); border-bottom: 1px solid var(--line); }
.top .wrap { padding-top: 1.5rem; padding-bottom: 1.75rem; }
.brand { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 1.5rem; margin-bottom: 1.25rem; font-size: 0.875rem; }
.brand strong { letter-spacing: 0.01em; }
.top h1 { margin-top: 0.75rem; font-size: 1.625rem; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
.where { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.625rem; margin-top: 0.5rem; color: var(--muted); }
.where .code { padding: 0.0625rem 0.4375rem; border-radius: 5px; background: var(--idle-ground); color: var(--text); }
.lead { margin-top: 1.125rem; max-width: 48rem; font-size: 1.0625rem; }

.since { margin-top: 0.5rem; }

.badge {
  display: inline-flex;
  align-items: center;
  gap: 0.375em;
  padding: 0.0625rem 0.5625rem 0.0625rem 0.4375rem;
  border-radius: 999px;
  background: var(--ground);
  color: var(--tone);
  font-size: 0.8125rem;
  font-weight: 600;
  white-space: nowrap;
}
.badge svg { flex: none; width: 0.9375em; height: 0.9375em; }
.verdict { padding: 0.25rem 0.9375rem 0.25rem 0.75rem; font-size: 1.0625rem; }

main.wrap { padding-top: 1.5rem; padding-bottom: 0.25rem; }
main.wrap:empty { display: none; }
.card { margin-bottom: 1.5rem; padding: 1.375rem 1.5rem 1.5rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
h2 { font-size: 1.1875rem; line-height: 1.3; }
.card > h2 + p { margin-top: 0.375rem; }
.section { margin-top: 1.75rem; }
.section > h3, .section > h4 { margin-bottom: 0.5rem; font-size: 1rem; }
.number { color: var(--muted); font-weight: 400; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.875rem 1.5rem; margin-top: 1rem; }
.facts dt { color: var(--muted); font-size: 0.8125rem; }
.message { margin-top: 1rem; padding: 0.625rem 0.875rem; border-left: 4px solid var(--tone); border-radius: 4px; background: var(--ground); }

table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
th, td { padding: 0.5rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { padding-top: 0.25rem; color: var(--muted); font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
td { max-width: 22rem; }
td:last-child { max-width: none; }
td:first-child { white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
.more { margin-top: 0.625rem; color: var(--muted); font-size: 0.875rem; }
.sub { display: block; margin-top: 0.125rem; color: var(--muted); font-size: 0.875rem; }

details { border: 1px solid var(--line); border-radius: 9px; }
details + details { margin-top: 0.5rem; }
summary { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; padding: 0.625rem 0.875rem; border-radius: 8px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ''; flex: none; width: 0.5rem; height: 0.5rem; border: solid var(--muted); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
details[open] > summary::before { transform: rotate(45deg); }
summary:hover { background: var(--sunk); }
summary h3 { font-size: 1rem; font-weight: 400; }
summary .end { margin-left: auto; color: var(--muted); font-size: 0.875rem; }
.body { padding: 0.125rem 0.875rem 0.75rem; }
.runs > details > .body { padding-bottom: 1.25rem; }
.runs { margin-top: 0.875rem; }

footer.wrap { padding-bottom: 2.5rem; color: var(--muted); font-size: 0.875rem; }
footer p + p { margin-top: 0.25rem; }

@media (max-width: 44rem) {
  .wrap { padding-left: 1rem; padding-right: 1rem; }
  .top h1 { font-size: 1.375rem; }
  .card { padding: 1.125rem 1rem 1.25rem; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem 1rem; }
  table, tbody, tr, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; padding-bottom: 0; }
  td { display: grid; max-width: none; grid-template-columns: 5.5rem minmax(0, 1fr); gap: 0 0.75rem; width: auto; padding: 0.125rem 0; border: 0; white-space: normal; }
  td::before { content: attr(data-label); color: var(--muted); font-size: 0.8125rem; line-height: 1.75; }
  td:has(> div:empty) { display: none; }
  summary .end { margin-left: 0; flex-basis: 100%; }
}
@media print {
  body { background: none; }
  .card { break-inside: avoid-page; }
}
`;
