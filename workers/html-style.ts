/** The look of the HTML report: light and dark by the reader's wish, readable on paper. */
export const REPORT_STYLE = `
:root { --paper: #fbfaf7; --ink: #22262b; --soft: #666d75; --line: #ddd9cf; --card: #fff; --good: #1c7a4a; --good-tint: #dcefe2;
  --bad: #b3312b; --bad-tint: #f7dfdb; --warn: #a05f00; --warn-line: #e39b1f; --blank: #f0eee8; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --ink: #e4e6e8; --soft: #969da5; --line: #31363d; --card: #1c2025; --good: #6fcf97; --good-tint: #1b3527;
    --bad: #f08a80; --bad-tint: #43211f; --warn: #f0b95c; --warn-line: #d99a2b; --blank: #20242a; }
}
* { box-sizing: border-box; }
html, body { height: 100%; }
body { margin: 0; display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 15px/1.5 'Source Sans 3', system-ui, -apple-system, 'Segoe UI', sans-serif; }
header { padding: 2rem 2rem 1.25rem; border-bottom: 1px solid var(--line); }
h1 { margin: 0 0 .35rem; font-size: 1.7rem; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
h3 { font-size: .78rem; margin: 1.25rem 0 .4rem; color: var(--soft); font-weight: 600; letter-spacing: .03em; }
.about { margin: 0; max-width: 46rem; color: var(--soft); }
.figures { display: flex; flex-wrap: wrap; gap: 2rem; margin-top: 1.1rem; }
.figure b { display: block; font-size: 1.45rem; font-weight: 620; line-height: 1.15; font-variant-numeric: tabular-nums; }
.figure span { color: var(--soft); font-size: .88rem; }
.figure.bad b { color: var(--bad); }
main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(20rem, 30rem); grid-template-rows: minmax(0, 1fr); }
.maps { padding: 1.25rem 2rem 3rem; min-width: 0; overflow-y: auto; }
.scroll { overflow-x: auto; margin-bottom: 1.6rem; }
aside { overflow-y: auto; border-left: 1px solid var(--line); background: var(--card); padding: 1.4rem 1.6rem 3rem; }
table { border-collapse: separate; border-spacing: 3px; }
caption { text-align: left; padding: 0 0 .4rem 3px; }
caption span, .names span { color: var(--soft); }
caption i { color: var(--line); font-style: normal; }
th { font-weight: 550; text-align: left; padding: .15rem .6rem .15rem .2rem; vertical-align: middle; }
thead th { text-align: center; padding: .15rem .5rem; font-size: .92rem; }
thead th[colspan]:not([colspan="1"]) { border-bottom: 2px solid var(--line); }
tbody th { font-size: .92rem; white-space: nowrap; }
.corner, .axis { color: var(--soft); font-size: .8rem; padding: .15rem .6rem .15rem .2rem; white-space: nowrap; }
.axis { text-align: right; }
.cell { padding: 0; min-width: 4.6rem; border-radius: 5px; }
.cell a { display: block; padding: .34rem .55rem; color: inherit; text-decoration: none; text-align: center; border-radius: 5px; line-height: 1.25; border: 2px solid transparent; }
.cell b { font-weight: 560; font-size: .92rem; }
.cell small { display: block; font-size: .8rem; opacity: .85; font-variant-numeric: tabular-nums; }
.cell i, dt i { font-style: normal; font-weight: 700; }
.cell a:hover { border-color: currentColor; }
.cell a:focus-visible { outline: 3px solid var(--ink); outline-offset: 1px; }
.works { background: var(--good-tint); color: var(--good); }
.fails { background: var(--bad-tint); color: var(--bad); }
.error, .surprise a { border-color: var(--warn-line); }
.surprise a::after { content: '!'; font-weight: 700; margin-left: .3em; color: var(--warn); }
.blank, .error { background: var(--blank); color: var(--soft); }
.key { display: inline-block; min-width: 1.5rem; text-align: center; border: 2px solid var(--line); border-radius: 5px; }
.key.surprise { border-color: var(--warn-line); color: var(--warn); font-weight: 700; }
.keys { color: var(--soft); display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; }
.causes { margin: 0; max-width: 52rem; }
.causes dt { margin-top: .7rem; }
.causes dt i { display: inline-block; min-width: 1.2rem; color: var(--bad); }
.causes dt small { color: var(--soft); margin-left: .6rem; }
.causes dd { margin: .1rem 0 0 1.45rem; color: var(--soft); overflow-wrap: anywhere; }
code { font: .88em 'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
aside section { display: none; }
aside section:target { display: block; }
aside:has(section:target) > .hint { display: none; }
.hint { color: var(--soft); font-size: .88rem; }
.names { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; }
aside h2 { margin: .5rem 0 0; font-size: 1.35rem; }
aside h2 small { font-weight: 400; font-size: .85rem; color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); }
.surprises { margin: .6rem 0 0; padding: .55rem .9rem .55rem 1.8rem; border: 1px solid var(--warn-line); border-radius: 6px; color: var(--warn); }
.goals, .steps { list-style: none; margin: 0; padding: 0; }
.goals li { padding: .2rem 0 .2rem 1.3rem; position: relative; }
.goals li::before { content: '✓'; position: absolute; left: 0; font-weight: 700; }
.goals li.bad::before { content: '✗'; }
.goals code { color: var(--ink); }
.goals span { display: block; color: var(--soft); font-size: .9rem; }
.measures { border-spacing: 0; }
.measures td { padding: .1rem 0 .1rem 1rem; font-variant-numeric: tabular-nums; }
.cause { margin: 0; overflow-wrap: anywhere; }
.cause code { color: var(--bad); font-weight: 600; }
cite { color: var(--soft); font-style: normal; font-size: .88rem; white-space: nowrap; }
.cure { margin: .35rem 0 .7rem; padding-left: .8rem; border-left: 3px solid var(--good); color: var(--good); }
.steps li { display: grid; grid-template-columns: 5.6rem 1fr; gap: .7rem; padding: .12rem 0; font-size: .9rem; }
.steps time { color: var(--soft); text-align: right; font: .86em/1.75 ui-monospace, Menlo, Consolas, monospace; }
.steps span { overflow-wrap: anywhere; }
.steps .bad span { color: var(--bad); }
@media (max-width: 900px) { html, body { height: auto; } main { display: block; } aside { border-left: 0; border-top: 1px solid var(--line); } header, .maps, aside { padding-left: 1rem; padding-right: 1rem; } }
@media print { html, body { height: auto; } body, main { display: block; } .maps, aside { overflow: visible; } aside { border: 0; } aside section { display: block; break-inside: avoid; border-top: 1px solid var(--line); padding-top: 1rem; } aside > .hint { display: none; } }
`;
