/**
 * Index tables as trees of tensors, accepted as arguments of programs.
 * @module
 */
import type { IndexTable } from "@gasp/tensor";

/**
 * An index table as a tree.
 *
 * @category PointConv
 */
export type TableTree = { readonly [K in keyof IndexTable]: IndexTable[K] };
