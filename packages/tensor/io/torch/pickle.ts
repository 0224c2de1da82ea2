/**
 * A safe reader for the subset of Python's pickle format that plain data needs. A pickle is a program for a stack machine,
 * and Python's own reader lets it call anything. This one supports numbers, strings, lists, tuples, dictionaries and sets, and
 * only the globals listed in a {@link PickleVocabulary}. It never executes code from the file; everything else is rejected.
 *
 * Python's types map as follows: `None` to null, `int` to a number or, beyond 2^53, a bigint, `dict` to a Map, `set` to a
 * Set, `list` to an array, `tuple` to a frozen array.
 * @module
 */
import { FileFormatError } from "../file_format_error.ts";
import { PickleMachine, type PickleVocabulary } from "./pickle_machine.ts";
import { PICKLE_OPCODES } from "./pickle_opcodes.ts";

/** Maximum size of a pickle. Those of the released weights have a few thousand bytes; tensor data is stored separately. */
const MAX_BYTES = 8 * 2 ** 20;
/** Maximum number of opcodes. It bounds memory, since each creates at most one value. */
const MAX_STEPS = 500_000;
/** Supported protocols. PyTorch saves with protocol 2; 3 and 4 add little. */
const PROTOCOLS: readonly number[] = [2, 3, 4];

const PROTO = 0x80, STOP = 0x2e;

/**
 * Reads a pickle.
 *
 * @param bytes A complete pickle of protocol 2 to 4.
 * @param vocabulary Allowed globals and persistent objects.
 * @returns The unpickled value; see the module for the mapping of types.
 * @throws {FileFormatError} If it is damaged, too long, or uses an opcode or a global that is not allowed.
 */
export function readPickle(bytes: Uint8Array, vocabulary: PickleVocabulary): unknown {
  if (bytes.length > MAX_BYTES) {
    throw new FileFormatError(`pickle: it has ${bytes.length} bytes, the limit is ${MAX_BYTES}`);
  }
  const machine = new PickleMachine(bytes, vocabulary), { read } = machine;
  if (read.u8() !== PROTO) throw new FileFormatError("pickle: it does not start with a protocol number");
  const protocol = read.u8();
  if (!PROTOCOLS.includes(protocol)) {
    throw new FileFormatError(`pickle: protocol ${protocol} is not supported (${PROTOCOLS.join(", ")} are)`);
  }
  for (let step = 0; step < MAX_STEPS; step++) {
    const at = read.position, code = read.u8();
    if (code === STOP) return machine.result();
    const [name, action] = PICKLE_OPCODES[code] ?? [`0x${code.toString(16).padStart(2, "0")}`];
    if (!action) {
      throw new FileFormatError(
        `pickle: the opcode ${name} at byte ${at} is not allowed: tensors and plain data do not need it`,
      );
    }
    action(machine);
  }
  throw new FileFormatError(`pickle: it has more than ${MAX_STEPS} opcodes`);
}
