import { reference } from "@gasp/tensor";
import { runParityFile } from "/work/main/packages/gasp/parity/mod.ts";
const D="/work/shared/reference/fixtures/"; const floors=JSON.parse(Deno.readTextFileSync(D+"floors.json"));
for (const f of [...Deno.readDirSync(D)].map(e=>e.name).filter(n=>n.endsWith(".safetensors")).sort()) {
  const name=f.replace(".safetensors",""); if (Deno.args.length && !Deno.args.some(a=>name.includes(a))) continue;
  const t0=performance.now();
  const r=await runParityFile(name, Deno.readFileSync(D+f), reference, floors);
  console.log(r.verdict,name,r.worst?.group,r.worst?.ratio?.toFixed(2),r.reason??"", (performance.now()-t0|0)+"ms");
  for (const g of r.groups) console.log("    ",g.group.padEnd(20),g.error.toExponential(2), "given", (floors[name]?.[g.group]??NaN).toExponential(1), g.ratio.toFixed(2), g.tensor);
}
