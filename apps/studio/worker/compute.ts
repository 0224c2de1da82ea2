/**
 * The compute worker: opens models, samples them, and everything else that takes time.
 *
 * @module
 */
import type { Port } from "../rpc/protocol.ts";
import { serve } from "../rpc/serve.ts";
import { COMPUTE_HANDLERS } from "./handlers/table.ts";

// The types of pages have no scope of a worker.
serve(globalThis as unknown as Port, COMPUTE_HANDLERS);
