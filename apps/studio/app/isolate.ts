/**
 * Shared memory for WebAssembly threads on hosts that cannot set headers: a service worker sets them.
 *
 * @module
 */

/** Set in this tab while the page loads again, so that a browser where it does not help loads once more only. */
const TRIED = "gasp-studio-isolated";

/**
 * Sees to it that the page is isolated, if it can be.
 *
 * @returns False if the page is loading again.
 */
export async function isolate(): Promise<boolean> {
  // The local server sets the headers; where there is no service worker there is one thread, and the device says so.
  const isHopeless = !isSecureContext || !("serviceWorker" in navigator) ||
    document.documentElement.dataset["server"] === "local";
  if (isHopeless) return true;
  const script = new URL("service_worker.js", document.baseURI);
  const registration = await navigator.serviceWorker.register(script).catch(() => undefined);
  if (crossOriginIsolated || registration === undefined || sessionStorage.getItem(TRIED)) {
    sessionStorage.removeItem(TRIED);
    return true;
  }
  sessionStorage.setItem(TRIED, "yes");
  await navigator.serviceWorker.ready;
  location.reload();
  return false;
}
