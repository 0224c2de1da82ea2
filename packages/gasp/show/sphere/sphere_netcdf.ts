/**
 * NetCDF files of samples on the sphere, following the CF conventions.
 * @module
 */
import type { SphereDisplay } from "@gasp/datasets";
import { encodeNetcdf } from "./netcdf_file.ts";
import { inUnits } from "../draw/ticks.ts";
import { latitudeOf, longitudeOf } from "./sphere_field.ts";

/**
 * Encodes samples as a NetCDF file.
 *
 * @param values Features, `[samples, latitudes, longitudes]`.
 * @param display Sizes and units.
 */
export function encodeSphere(values: Float32Array, display: SphereDisplay): Uint8Array {
  const { latitudes, longitudes, scale } = display, samples = values.length / (latitudes * longitudes);
  return encodeNetcdf({
    dimensions: { sample: samples, latitude: latitudes, longitude: longitudes },
    attributes: { Conventions: "CF-1.8", title: "Samples of a generative model of fields" },
    variables: [
      {
        name: "sample",
        dimensions: ["sample"],
        attributes: { long_name: "number of the sample" },
        data: Int32Array.from({ length: samples }, (_, i) => i),
      },
      {
        name: "latitude",
        dimensions: ["latitude"],
        attributes: { units: "degrees_north", long_name: "latitude", standard_name: "latitude" },
        data: Float64Array.from({ length: latitudes }, (_, row) => latitudeOf(display, row)),
      },
      {
        name: "longitude",
        dimensions: ["longitude"],
        attributes: { units: "degrees_east", long_name: "longitude", standard_name: "longitude" },
        data: Float64Array.from({ length: longitudes }, (_, column) => longitudeOf(display, column)),
      },
      {
        name: nameOf(scale.quantity),
        dimensions: ["sample", "latitude", "longitude"],
        attributes: {
          ...(scale.units !== undefined && { units: scale.units }),
          long_name: scale.quantity ?? "value",
        },
        data: values.map((feature) => inUnits(feature, scale)),
      },
    ],
  });
}

/** Returns a portable variable name: `2 metre temperature` becomes `v2_metre_temperature`. */
function nameOf(quantity: string | undefined): string {
  const plain = (quantity ?? "value").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  const name = /^[a-z]/.test(plain) ? plain : `v${plain}`;
  return ["sample", "latitude", "longitude"].includes(name) ? `${name}_value` : name;
}
