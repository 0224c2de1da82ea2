/**
 * The service worker of the static site: adds the two headers for shared memory, and keeps the files of the site, so that it
 * works without a network after the first visit.
 *
 * @module
 */

/** The parts of its global scope that a service worker uses; the types of pages do not have them. */
interface ServiceWorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: globalThis.Request;
  respondWith(response: Promise<globalThis.Response>): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;
const CACHE = "gasp-studio";

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOwn = new URL(request.url).origin === scope.location.origin;
  if (request.method === "GET" && isOwn) event.respondWith(answer(request, event));
});

/** The network first, so that a new version of the site shows at once; its last answer without a network. */
async function answer(request: globalThis.Request, event: FetchEvent): Promise<globalThis.Response> {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.status === 200) event.waitUntil(cache.put(request, response.clone()));
    return isolated(response);
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept === undefined) throw error;
    return isolated(kept);
  }
}

function isolated(response: globalThis.Response): globalThis.Response {
  // Headers cannot be added to errors, nor to answers of other origins.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-embedder-policy", "require-corp");
  headers.set("cross-origin-resource-policy", "same-origin");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
