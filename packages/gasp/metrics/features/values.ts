/**
 * Feature spaces of any data: the values themselves, and their principal components.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { FeatureRequest, FeatureSpace } from "../core/features.ts";
import { blocksOf } from "../core/items.ts";
import {
  type PrincipalComponents,
  principalComponents,
  projectOnto,
} from "../statistics/principal_components.ts";

/** Largest number of principal components. */
const COMPONENTS = 64;

/**
 * Opens the space of the values themselves: pixels, occupancies, temperatures.
 *
 * @param request Reference.
 */
export function valueFeatures({ reference: { size } }: FeatureRequest): FeatureSpace {
  return {
    name: "values",
    dimensions: size,
    protocol: {},
    extract: (values) => Promise.resolve(values),
  };
}

/** The space of the first principal components of the reference. */
export interface PrincipalFeatures extends FeatureSpace {
  /** Principal components of the reference. */
  readonly basis: PrincipalComponents;
}

/** Spaces by reference: metrics that prescribe principal components share them with those for which they were chosen. */
const OPENED = new WeakMap<object, Promise<PrincipalFeatures>>();

/**
 * Opens the space of the first 64 principal components of the reference, in double precision.
 *
 * @param request Reference.
 * @throws {MemoryError} If the reference does not fit in memory.
 */
export function principalFeatures(request: FeatureRequest): Promise<PrincipalFeatures> {
  const known = OPENED.get(request.reference) ?? fit(request);
  OPENED.set(request.reference, known);
  return known;
}

async function fit({ reference }: FeatureRequest): Promise<PrincipalFeatures> {
  const { count, size } = reference;
  const values = new Float32Array(reserve(count, size));
  for await (const block of blocksOf(reference)) values.set(block.values, block.first * size);
  const basis = principalComponents(values, size, Math.min(COMPONENTS, size));
  return {
    name: "principal",
    dimensions: basis.variances.length,
    protocol: { components: basis.variances.length, fittedTo: count },
    basis,
    extract: (values, count) => Promise.resolve(projectRows(basis, values, count)),
  };
}

/** Checks that the reference and its smaller Gram or covariance matrix with eigenvectors fit in memory. */
function reserve(count: number, size: number): number {
  const bytes = (items: number) => 12 * items * size + 4 * 8 * Math.min(items, size) ** 2;
  requireMemory({
    purpose: `the principal components of ${count} items of ${size} values`,
    bytes: bytes(count),
    parameters: [{ name: "reference", value: count, bytes }],
  });
  return count * size;
}

/** Projects any number of rows; a single one too. */
function projectRows(basis: PrincipalComponents, values: Float32Array, count: number): Float64Array {
  if (count > 1) return projectOnto(basis, values);
  const twice = new Float32Array(2 * values.length);
  twice.set(values);
  return projectOnto(basis, twice).slice(0, basis.variances.length);
}
