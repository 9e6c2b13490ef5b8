/** The style of all pages. Each pair of colours has a contrast of 4.5:1 at least. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff;
  --sunk: #f7f8f9;
  --line: #dcdfe4;
  --text: #172b4d;
  --muted: #58657a;
  --link: #0b5bd3;
  --good: #0f6445; --good-ground: #dcfff1;
  --bad: #ae2a19; --bad-ground: #ffeceb;
  --warn: #7a4a00; --warn-ground: #fff3d6;
  --info: #0a4fb8; --info-ground: #e4efff;
  --idle: #44546f; --idle-ground: #e9ecf0;
  --added: #e6f9ee; --added-number: #cdf0dc;
  --removed: #ffeceb; --removed-number: #fbd8d4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #1d2125;
    --sunk: #161a1d;
    --line: #38414a;
    --text: #d5dde6;
    --muted: #9fadbc;
    --link: #85b8ff;
    --good: #7ee2b8; --good-ground: #1c3329;
    --bad: #ffa49b; --bad-ground: #42221f;
    --warn: #f5cd6a; --warn-ground: #3b2c0c;
    --info: #a3c9ff; --info-ground: #17305a;
    --idle: #b6c2cf; --idle-ground: #2c333a;
    --added: #183a2a; --added-number: #1f4a36;
    --removed: #43211f; --removed-number: #582b27;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, .branch, .line, td.number, .hunk td, .file h3, .place, .files a {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
  font-size: 12px;
}
.muted { color: var(--muted); }

nav.top { display: flex; flex-wrap: wrap; align-items: center; padding: 12px 24px; border-bottom: 1px solid var(--line); }
nav.top > * + *::before { content: '/'; margin: 0 8px; color: var(--muted); }
nav.top .product { font-weight: 600; }

header.title { padding: 20px 24px 0; }
h1 { font-size: 24px; line-height: 1.2; font-weight: 600; }
h1 .id { color: var(--muted); font-weight: 400; }
.by { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin-top: 10px; }
.avatar { display: inline-grid; flex: none; place-items: center; width: 24px; height: 24px; border-radius: 50%; background: var(--info-ground); color: var(--info); font-size: 10px; font-weight: 700; }
.branch { padding: 2px 6px; border-radius: 3px; background: var(--idle-ground); }
.arrow { color: var(--muted); }

.lozenge { display: inline-block; padding: 1px 6px; border-radius: 3px; background: var(--idle-ground); color: var(--idle); font-size: 11px; line-height: 16px; font-weight: 700; white-space: nowrap; }
.lozenge.open, .lozenge.modified, .lozenge.renamed { background: var(--info-ground); color: var(--info); }
.lozenge.good, .lozenge.merged, .lozenge.added { background: var(--good-ground); color: var(--good); }
.lozenge.bad, .lozenge.declined, .lozenge.removed { background: var(--bad-ground); color: var(--bad); }

.columns { display: grid; grid-template-columns: minmax(0, 1fr) 320px; align-items: start; gap: 24px; padding: 20px 24px 48px; }
.columns > main:only-child { grid-column: 1 / -1; max-width: 960px; }
.card, .file { margin-bottom: 16px; border: 1px solid var(--line); border-radius: 6px; }
.card { padding: 12px 16px; }
.card h2, .panel h2 { font-size: 14px; font-weight: 600; }

.files li { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; padding: 3px 0; }
.files .counts, .file .counts { margin-left: auto; font-size: 12px; white-space: nowrap; }
.files ul { margin-top: 4px; }
.files .remark { color: var(--muted); font-size: 12px; }
.plus { color: var(--good); }
.minus { color: var(--bad); }

.file > header { display: flex; align-items: center; gap: 10px; padding: 8px 12px; border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; background: var(--sunk); }
.file h3 { font-weight: 600; }
.file .note { padding: 10px 12px; color: var(--muted); }
.file > .annotation { margin: 10px 12px; }

.diff { width: 100%; border-collapse: collapse; table-layout: fixed; }
.diff col.number { width: 44px; }
.diff td { padding: 0 8px; line-height: 20px; vertical-align: top; }
.diff td.number { color: var(--muted); text-align: right; user-select: none; }
.diff td.line { white-space: pre-wrap; }
.diff .sign { display: inline-block; width: 16px; color: var(--muted); user-select: none; }
.diff .hunk td { padding: 2px 12px; background: var(--sunk); color: var(--muted); }
.diff .added { background: var(--added); }
.diff .added .number { background: var(--added-number); }
.diff .removed { background: var(--removed); }
.diff .removed .number { background: var(--removed-number); }
.diff .remarks td { padding: 8px 12px 8px 56px; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); background: var(--sunk); }

.annotation { padding: 8px 12px; border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 4px; background: var(--page); --tone: var(--idle); --ground: var(--idle-ground); }
.annotation + .annotation { margin-top: 8px; }
.annotation.critical, .annotation.high { --tone: var(--bad); --ground: var(--bad-ground); }
.annotation.medium { --tone: var(--warn); --ground: var(--warn-ground); }
.annotation .head { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; margin-bottom: 3px; color: var(--muted); font-size: 12px; }
.annotation .severity { background: var(--ground); color: var(--tone); }
.annotation .place { margin-left: auto; }

aside { position: sticky; top: 16px; }
.panel { padding-bottom: 16px; }
.panel + .panel { padding-top: 16px; border-top: 1px solid var(--line); }
.panel > * + * { margin-top: 10px; }
.panel .count { display: inline-block; min-width: 20px; padding: 0 6px; border-radius: 10px; background: var(--idle-ground); color: var(--idle); font-size: 12px; font-weight: 400; text-align: center; }
.report, .build, .comment { padding: 12px; border: 1px solid var(--line); border-radius: 6px; }
.report > * + *, .build > * + *, .comment > * + * { margin-top: 8px; }
.report header, .build header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
.report h3, .build h3 { font-size: 14px; font-weight: 600; }
.comment .by { margin-top: 0; }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 12px; padding: 8px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
dt { color: var(--muted); font-size: 12px; }

.markdown > * + * { margin-top: 8px; }
.markdown ul { padding-left: 20px; list-style: disc; }
.markdown code { padding: 1px 4px; border-radius: 3px; background: var(--idle-ground); }

.card.list { padding: 0 16px; }
.list li { display: flex; align-items: center; gap: 12px; padding: 10px 0; }
.list li + li { border-top: 1px solid var(--line); }
.list li > div { flex: 1; }
.list .by { margin-top: 4px; }

@media (max-width: 800px) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .diff .remarks td { padding-left: 12px; }
  aside { position: static; }
}
`;
