/**
 * The training worker: trains runs, and keeps them. Its own worker, so that exploring goes on meanwhile.
 *
 * @module
 */
import type { Port } from "../rpc/protocol.ts";
import { serve } from "../rpc/serve.ts";
import { TRAIN_HANDLERS } from "./training/handlers.ts";

// The types of pages have no scope of a worker.
serve(globalThis as unknown as Port, TRAIN_HANDLERS);
