import { reference } from "@gasp/tensor";
import { Fixture } from "./parity/fixture.ts";
import { Comparison } from "./parity/comparison.ts";
import { compareSteps } from "./parity/step_family.ts";
const f = new Fixture(Deno.readFileSync("/work/shared/reference/fixtures/"+Deno.args[0]+".safetensors"));
class C extends Comparison { override relative(name: string, a: ArrayLike<number>) { super.relative(name,a);
  if (name.startsWith("step1.grad.G")) { for (const p of ["","f64."]) { const e=f.floats(p+name).data; let m=0,d=0; for(let i=0;i<e.length;i++){m=Math.max(m,Math.abs(e[i]!));d=Math.max(d,Math.abs(a[i]!-e[i]!));} console.log(p+name, d/m, Array.from(a).slice(0,4), Array.from(e).slice(0,4)); } } } }
const c = new C(f, {});
try { await compareSteps(f, c, reference); } catch (e) { console.log(e); }
