/**
 * What the page and the training worker tell each other: plain data.
 *
 * @module
 */
import type { DatasetFacts } from "@gasp/datasets";
import type { LossValues } from "@gasp/gasp";
import type { Pictures } from "../core/rgba.ts";
import type { DeviceChoice } from "../core/device.ts";

/** Files with a name for all of them. */
export interface FileSet {
  /** Name of their folder, or of the file. */
  readonly location: string;
  /** Files by their paths in the folder. */
  readonly entries: readonly (readonly [path: string, file: Blob & { readonly lastModified?: number }])[];
}

/** Training data: a bundled set by its name in configurations, or files. */
export type DataSource = { readonly bundled: string } | { readonly files: FileSet };

/** The part of a configuration that the page shows and lets change. */
export interface ShownConfig {
  /** Name of the preset. */
  readonly preset: string;
  /** Training method. */
  readonly method: string;
  /** Total number of steps. */
  readonly steps: number;
  /** Items per step. */
  readonly batchSize: number;
  /** Random seed. */
  readonly seed: number;
  /** Rows of an image or field, voxels along an axis, samples of a curve. */
  readonly resolution: number;
  /** Steps between checkpoints. */
  readonly saveEvery: number;
}

/** What was understood of data, and how they would be trained. */
export interface Inspection {
  /** As `deno task data inspect` says it. */
  readonly facts: DatasetFacts;
  /** Warnings, such as about files that are skipped. */
  readonly warnings: readonly string[];
  /** First items. */
  readonly pictures: Pictures;
  /** Configuration of the preset, adapted to the data. */
  readonly config: ShownConfig;
  /** Presets that can be trained on the data. */
  readonly presets: readonly string[];
}

/** Which samples are drawn while a run trains: always those of the same latents. */
export interface LiveSheet {
  /** Number of samples. */
  readonly count: number;
  /** Rows of an image or field, voxels along an axis, samples of a curve. */
  readonly resolution: number;
  /** Seed of the latents. */
  readonly seed: number;
}

/** A run to start, or to continue. */
export interface TrainParams {
  /** Name of the run. */
  readonly name: string;
  /** Whether the run exists and is continued; its configuration is then its own, but for the number of steps. */
  readonly resume: boolean;
  /** Data; for a run to continue only if neither the page nor the browser has them. */
  readonly source?: DataSource | undefined;
  /** Preset; default: the one that suits the data. */
  readonly preset?: string | undefined;
  /** Fields of the configuration that replace those of the preset. */
  readonly overrides?: Readonly<Partial<Pick<ShownConfig, "steps" | "batchSize" | "seed" | "saveEvery">>>;
  /** Device to train on. */
  readonly device: DeviceChoice;
  /** Number of threads of WebAssembly. Default: those of the device. */
  readonly threads?: number | undefined;
}

/** What a run reports. */
export type TrainEvent =
  | {
    readonly type: "ready";
    readonly step: number;
    readonly config: ShownConfig;
    /** Name of the device. */
    readonly device: string;
    /** Why the device does less than it could. */
    readonly note?: string;
    /** Bytes that a step needs. */
    readonly memoryBytes?: number;
    /** Samples that are drawn at first. */
    readonly sheet: LiveSheet;
    /** Losses before this step. */
    readonly losses: readonly LossLine[];
  }
  | {
    readonly type: "progress";
    readonly step: number;
    /** Steps per second lately; absent until it is known. */
    readonly rate?: number;
    /** Bytes of all buffers on the device. */
    readonly liveBytes: number;
  }
  | { readonly type: "losses"; readonly line: LossLine }
  | { readonly type: "sheet"; readonly step: number; readonly pictures: Pictures }
  | { readonly type: "saved"; readonly step: number }
  | { readonly type: "note"; readonly text: string };

/** Losses by name, and their step. */
export interface LossLine {
  /** Number of completed steps. */
  readonly step: number;
  /** Losses, the most informative first. */
  readonly values: LossValues;
}

/** How a run ended. */
export interface TrainOutcome {
  /** Number of completed steps. */
  readonly step: number;
  /** Whether all steps are complete. */
  readonly finished: boolean;
}

/** A run of this browser. */
export interface BrowserRun {
  /** Name of its folder. */
  readonly name: string;
  /** Its configuration. */
  readonly config: ShownConfig;
  /** Name of its data. */
  readonly data: string;
  /** Step of its newest checkpoint; 0 if there is none. */
  readonly step: number;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** Whether its data are here, so that it can be continued at once. */
  readonly hasData: boolean;
  /** Newest sheet of samples, PNG. */
  readonly sheet?: Blob;
}
