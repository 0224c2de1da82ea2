/** All kinds of trouble. */
import type { Kind } from "../kind.ts";
import { bombs } from "./bombs.ts";
import { checkpoints } from "./checkpoints.ts";
import { clocks } from "./clocks.ts";
import { configs } from "./configs.ts";
import { dataFiles } from "./data_files.ts";
import { disks } from "./disks.ts";
import { kills } from "./kills.ts";
import { pairs } from "./pairs.ts";
import { paths } from "./paths.ts";
import { pickles } from "./pickles.ts";
import { pipes } from "./pipes.ts";
import { ranks } from "./ranks.ts";
import { signals } from "./signals.ts";
import { terminals } from "./terminals.ts";

export const KINDS: readonly Kind[] = [
  kills,
  signals,
  ranks,
  disks,
  pipes,
  terminals,
  pairs,
  clocks,
  bombs,
  configs,
  checkpoints,
  dataFiles,
  pickles,
  paths,
];
