import { assertEquals } from "@std/assert";
import { launchOf } from "./launch.ts";

const launched = (variables: Readonly<Record<string, string>>) => launchOf((name) => variables[name]);

Deno.test("launchOf() knows the launchers of the libraries and their kinds", () => {
  const mpich = { launcher: "mpirun of MPICH", rank: 2, size: 4, library: "MPICH" } as const;
  assertEquals(launched({ PMI_RANK: "2", PMI_SIZE: "4" }), mpich);
  const open = { launcher: "mpirun of Open MPI", rank: 0, size: 3, library: "Open MPI" } as const;
  // Open MPI sets those of PMIx too, and a job of Slurm has its own around them
  const around = { PMIX_RANK: "0", SLURM_PROCID: "0" };
  assertEquals(launched({ ...around, OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "3" }), open);
  const pmix = { launcher: "a launcher with PMIx", rank: 1, size: undefined, library: "Open MPI" } as const;
  assertEquals(launched({ PMIX_RANK: "1" }), pmix);
});

Deno.test("launchOf() takes a step of srun for ranks, but not the batch script", () => {
  const script = { SLURM_PROCID: "0", SLURM_NTASKS: "8" };
  assertEquals(launched(script), undefined);
  const step = { launcher: "srun", rank: 5, size: 8, library: undefined };
  assertEquals(launched({ ...script, SLURM_PROCID: "5", SLURM_STEP_NUM_TASKS: "8" }), step);
});

Deno.test("launchOf() ignores what is not a number", () => {
  assertEquals(launched({}), undefined);
  assertEquals(launched({ PMI_RANK: "", OMPI_COMM_WORLD_RANK: "-1" }), undefined);
});
