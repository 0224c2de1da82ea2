/**
 * Handlers whose code is loaded with their first request.
 *
 * @module
 */
import type { Call, Handler } from "../../rpc/protocol.ts";

/**
 * Makes handlers that load their module first.
 *
 * @param load Loads the module.
 * @param names Which of its exports are handlers.
 */
export function lazily<Module, Name extends keyof Module & string>(
  load: () => Promise<Module>,
  ...names: readonly Name[]
): Pick<Module, Name> {
  const handlers = names.map((name) => {
    const handler = async (params: unknown, call: Call<unknown>) => {
      const loaded = (await load())[name] as Handler<unknown, unknown, unknown>;
      return await loaded(params, call);
    };
    return [name, handler] as const;
  });
  return Object.fromEntries(handlers) as unknown as Pick<Module, Name>;
}
