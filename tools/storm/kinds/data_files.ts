/** Damaged files of data: pictures, archives, fields, sounds, shapes. */
import { dirname } from "node:path/posix";
import { type Kind, require } from "../kind.ts";
import { mutateBytes } from "../mutate.ts";
import { tail } from "../program.ts";
import { sampleFiles } from "../samples.ts";

const INPUTS = 30;

export const dataFiles: Kind = {
  name: "data",
  what:
    "damaged png, jpeg, netcdf, npz, npy, wav, obj, ply, glb, binvox and idx files: described, or refused with a message",
  async run({ folder, random, host }) {
    const files = Object.entries(await sampleFiles());
    for (let input = 0; input < INPUTS; input++) {
      const [name, bytes] = random.pick(files), path = `${folder}/${input}/${name}`;
      await Deno.mkdir(dirname(path), { recursive: true });
      // Now and then an undamaged file with the name of another kind
      const other = random.below(10) === 0 ? random.pick(files)[1] : mutateBytes(bytes, random);
      await Deno.writeFile(path, other);
      const target = name.includes("/") ? dirname(path) : path;
      const { code, stderr } = await host.run(["data", "inspect", target, "--out", `${folder}/items.png`]);
      require(code === 0 || code === 1, `${name}: exit code ${code}: ${tail(stderr)}`);
    }
    return INPUTS;
  },
};
