/**
 * What the report does in a browser: details of the chosen step, the keyboard, zoom, and the axis that goes with it.
 */
export const pageScript = `
"use strict";
const picture = document.getElementById("picture");
const view = picture.querySelector(".view");
const track = picture.querySelector(".track");
const detail = document.getElementById("detail");
const lanes = [...picture.querySelectorAll(".lane")].map((lane) =>
  [...lane.children].sort((a, b) => at(a) - at(b)));
const totalMs = Number(picture.dataset.totalMs);
let zoom = 1;

function at(step) { return Number(step.style.getPropertyValue("--at")); }

function choose(step) {
  if (!step) return;
  picture.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
  step.tabIndex = 0;
  step.focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest", inline: "nearest" });
  detail.textContent = step.getAttribute("aria-label");
}

function nearest(steps, place) {
  return steps.reduce((best, step) => (Math.abs(at(step) - place) < Math.abs(at(best) - place) ? step : best), steps[0]);
}

function setZoom(next) {
  const before = (view.scrollLeft + view.clientWidth / 2) / track.clientWidth;
  zoom = Math.min(Math.max(next, 1), 4096);
  track.style.setProperty("--zoom", zoom);
  view.scrollLeft = before * track.clientWidth - view.clientWidth / 2;
  drawAxis();
}

function drawAxis() {
  const wanted = totalMs / zoom / Math.max(2, view.clientWidth / 110);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const stepMs = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= wanted);
  const digits = Math.max(0, -Math.floor(Math.log10(stepMs)));
  const ticks = [];
  const fromMs = (view.scrollLeft / track.clientWidth) * totalMs;
  const untilMs = Math.min(totalMs, fromMs + totalMs / zoom);
  for (let ms = Math.floor(fromMs / stepMs) * stepMs; ms <= untilMs; ms += stepMs) {
    const tick = document.createElement("span");
    tick.style.setProperty("--at", (ms / totalMs) * 100);
    tick.textContent = ms.toFixed(digits) + " ms";
    ticks.push(tick);
  }
  track.querySelector(".axis").replaceChildren(...ticks);
}

picture.addEventListener("click", (event) => choose(event.target.closest(".lane button")));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const chosen = picture.querySelector(".lane [tabindex='0']");
  const lane = lanes.findIndex((steps) => steps.includes(chosen));
  const along = (by) => choose(lanes[lane]?.[lanes[lane].indexOf(chosen) + by]);
  const across = (by) => {
    for (let next = lane + by; lanes[next]; next += by) if (lanes[next].length) return choose(nearest(lanes[next], at(chosen)));
  };
  const actions = {
    ArrowRight: () => along(1), ArrowLeft: () => along(-1), ArrowDown: () => across(1), ArrowUp: () => across(-1),
    "+": () => setZoom(zoom * 2), "=": () => setZoom(zoom * 2), "-": () => setZoom(zoom / 2), "0": () => setZoom(1),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});
view.addEventListener("scroll", drawAxis);
addEventListener("resize", drawAxis);
const first = lanes.flat()[0];
if (first) first.tabIndex = 0;
drawAxis();
`;
