/** The style of the report; light or dark as the reader's system is. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --text: #1c1e21; --quiet: #5d6570; --ground: #fff; --line: #d8dde3;
  --init: #3b6fd4; --invoke: #1d8348; --overhead: #b9770e; --shutdown: #a93226; --quietbar: #9aa5b1;
  --height: 1.5rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e8eb; --quiet: #9aa5b1; --ground: #16181c; --line: #363c44;
    --init: #7ea6f4; --invoke: #58c98b; --overhead: #e5b252; --shutdown: #ee8277; --quietbar: #67717d;
  }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--ground); color: var(--text); font: 0.9rem/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.4rem } h2 { margin: 2rem 0 0.5rem; font-size: 1.05rem }
header p { margin: 0; color: var(--quiet) }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.35em; font: inherit }
#picture { display: grid; grid-template-columns: max-content 1fr; margin-top: 1rem; border: 1px solid var(--line); border-radius: 6px }
.names { border-right: 1px solid var(--line) }
.name { height: calc(var(--rows) * var(--height) + 0.5rem); padding: 0.25rem 0.75rem; border-top: 1px solid var(--line); font-weight: 600 }
.view { overflow-x: auto; min-width: 0 }
.track { position: relative; width: calc(var(--zoom, 1) * 100%); padding: 0 0.75rem }
.axis { position: relative; height: 1.75rem }
.axis span { position: absolute; left: calc(var(--at) * 1%); padding-left: 0.25rem; border-left: 1px solid var(--line); color: var(--quiet); font-size: 0.75rem; white-space: nowrap }
.lane { position: relative; height: calc(var(--rows) * var(--height) + 0.5rem); margin: 0 -0.75rem; border-top: 1px solid var(--line) }
.lane button { position: absolute; top: calc(var(--row) * var(--height) + 0.25rem); left: calc(0.75rem + (100% - 1.5rem) * var(--at) / 100); margin: 0; border: 0; padding: 0; color: var(--ground); font: 600 0.72rem/1.25rem system-ui, sans-serif; cursor: pointer; background: var(--tone, var(--quietbar)) }
.lane button:focus-visible { outline: 3px solid var(--text); outline-offset: 1px; z-index: 2 }
.bar { width: max(3px, calc((100% - 1.5rem) * var(--took) / 100)); height: 1.25rem; border-radius: 3px; overflow: hidden; text-align: left }
.bar { container-type: inline-size } .bar span { display: block; padding-left: 0.3rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
@container (max-width: 1.6rem) { .bar span { visibility: hidden } }
.mark { width: 9px; height: 9px; translate: -4px 6px; rotate: 45deg }
.mark span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.75rem 0 0; padding: 0; list-style: none; color: var(--quiet); font-size: 0.8rem }
.legend i { display: inline-block; width: 1.4em; height: 0.8em; margin-right: 0.4em; border-radius: 2px; background: var(--tone, var(--quietbar)) } .legend .instant { width: 0.7em; height: 0.7em; border-radius: 0; rotate: 45deg }
[data-kind=init], [data-kind=restore], [data-kind=boot], [data-kind=spawn] { --tone: var(--init) }
[data-kind=invoke], [data-kind=busy], [data-kind=response] { --tone: var(--invoke) }
[data-kind=overhead], [data-kind=telemetry] { --tone: var(--overhead) }
[data-kind=shutdown], [data-kind=exit], [data-kind=error], [data-kind$="/error"] { --tone: var(--shutdown) }
[data-kind=idle], [data-kind=freeze], [data-kind=billed] { --tone: var(--line) } .lane [data-kind=idle], .lane [data-kind=freeze], .lane [data-kind=billed] { color: var(--text) } .lane [data-kind=idle] { opacity: 0.6 } .lane [data-kind=freeze], .legend [data-kind=freeze] { background: repeating-linear-gradient(135deg, var(--line) 0 6px, transparent 6px 12px) }
#detail { min-height: 1.5em; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { white-space: nowrap; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: left }
.lines { margin: 0; padding: 0; list-style: none; font-size: 0.8rem }
.lines li { display: grid; grid-template-columns: 6rem max-content 1fr; gap: 0.75rem; border-bottom: 1px solid var(--line) }
.lines time { color: var(--quiet); text-align: right; font-variant-numeric: tabular-nums }
.lines .skip { display: block; padding: 0.15rem 0 0.15rem 6.75rem; color: var(--overhead) }
.lines code { tab-size: 4; white-space: pre-wrap; overflow-wrap: anywhere }
.lines [data-source=platform] { color: var(--quiet) } .lines [data-source=extension] b { color: var(--init) }
`;
