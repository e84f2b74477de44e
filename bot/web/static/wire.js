// Talks to the server: acts go out, the state comes in, and news arrive as server-sent events.

import { trouble } from "./words.js";

const ROOT = "/playground";

/** What the server refused, with a code that the page has words for. */
export class Refused extends Error {
  constructor(code) {
    super(trouble(code));
    this.code = code;
  }
}

async function request(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`${ROOT}/${path}`, { ...options, headers: { ...options.headers, "X-Playground": "1" } });
  } catch {
    throw new Refused("offline");
  }
  const body = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refused(body?.error?.code ?? "other");
  return body;
}

export const look = (viewer) => request(`state?viewer=${viewer}`);

export const act = (path, given = {}) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });

export const upload = (given, file) =>
  request(`file?${new URLSearchParams(given)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });

/** Call `news` for each change, and `connected` with whether the line stands. The browser reconnects by itself. */
export function listen(news, connected) {
  const events = new EventSource(`${ROOT}/events`);
  events.onopen = () => connected(true);
  events.onerror = () => {
    connected(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(news, connected), 2000);
  };
  events.onmessage = (event) => news(JSON.parse(event.data));
}
