/**
 * Reads the part of Python's pickles that plain data need. A pickle is a program for a stack machine, and Python's own
 * reader lets it call anything; this one knows numbers, texts, lists, tuples, dictionaries and sets, and of names only those
 * that a {@link PickleVocabulary} gives a meaning to. Nothing of the file is ever run: whatever else it holds is refused.
 *
 * Python's types appear so: `None` as null, `int` as a number or, beyond 2^53, a bigint, `dict` as a Map, `set` as a Set, a
 * list as an array, a tuple as a frozen array.
 * @module
 */
import { FileFormatError } from "@gasp/tensor";
import { PickleMachine, type PickleVocabulary } from "./pickle_machine.ts";
import { PICKLE_OPCODES } from "./pickle_opcodes.ts";

/** Longest pickle that is read. Those of released weights have some thousand bytes; their numbers lie beside them. */
const MAX_BYTES = 8 * 2 ** 20;
/** Most steps of the machine. It bounds memory, since each step makes at most one value. */
const MAX_STEPS = 500_000;
/** Tensors are saved with protocol 2; 3 and 4 add little. */
const PROTOCOLS: readonly number[] = [2, 3, 4];

const PROTO = 0x80, STOP = 0x2e;

/**
 * Reads a pickle.
 *
 * @param bytes The whole pickle, of protocol 2 to 4.
 * @param vocabulary Names that it may use.
 * @returns Its value; see the module for how Python's types appear.
 * @throws {FileFormatError} If it is damaged or too long, or needs an opcode or a name that is refused.
 */
export function readPickle(bytes: Uint8Array, vocabulary: PickleVocabulary): unknown {
  if (bytes.length > MAX_BYTES) {
    throw new FileFormatError(`pickle of ${bytes.length} bytes, at most ${MAX_BYTES} are read`);
  }
  const machine = new PickleMachine(bytes, vocabulary), { read } = machine;
  if (read.u8() !== PROTO) throw new FileFormatError("pickle: it does not begin with its protocol");
  const protocol = read.u8();
  if (!PROTOCOLS.includes(protocol)) {
    throw new FileFormatError(`pickle: protocol ${protocol} is not one of ${PROTOCOLS.join(", ")}`);
  }
  for (let step = 0; step < MAX_STEPS; step++) {
    const at = read.position, code = read.u8();
    if (code === STOP) return machine.result();
    const [name, action] = PICKLE_OPCODES[code] ?? [`0x${code.toString(16).padStart(2, "0")}`];
    if (!action) {
      throw new FileFormatError(
        `pickle: the opcode ${name} at byte ${at} is refused: tensors and plain data do not need it`,
      );
    }
    action(machine);
  }
  throw new FileFormatError(`pickle of more than ${MAX_STEPS} steps`);
}
