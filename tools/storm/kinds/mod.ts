/** All kinds of trouble. */
import type { Kind } from "../kind.ts";
import { checkpoints } from "./checkpoints.ts";
import { configs } from "./configs.ts";
import { dataFiles } from "./data_files.ts";
import { kills } from "./kills.ts";
import { pickles } from "./pickles.ts";
import { signals } from "./signals.ts";

export const KINDS: readonly Kind[] = [kills, signals, configs, checkpoints, dataFiles, pickles];
