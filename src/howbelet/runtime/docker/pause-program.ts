import { InvariantError } from "../../../base/invariant.js";

/** Machines, by the names that Docker gives them, for which there is a pause program. */
export type PauseArchitecture = "amd64" | "arm64";

interface Machine {
  /** ELF's e_machine. */
  readonly elfMachine: number;
  readonly code: Buffer;
}

/*
 * The program of both tables, in C:
 *
 *   sigset_t set = SIGINT | SIGTERM | SIGCHLD;
 *   sigprocmask(SIG_BLOCK, &set, NULL);
 *   for (;;) {
 *     int signal = sigtimedwait(&set, NULL, NULL);
 *     if (signal < 0) continue;
 *     if (signal != SIGCHLD) _exit(0);
 *     while (wait4(-1, NULL, WNOHANG, NULL) > 0) {}
 *   }
 *
 * Signals are waited for rather than handled: the kernel drops signals to process 1 whose action is the default, but
 * not those that are blocked, and without a handler there is no stack frame to return from.
 * The set is bits 1 (SIGINT), 14 (SIGTERM) and 16 (SIGCHLD), which makes 0x14002.
 */

// biome-ignore format: one instruction a line
const amd64Code = Buffer.from([
  0x68, 0x02, 0x40, 0x01, 0x00, //  0  push 0x14002        the set, on the stack, where rsp points from here on
  0x6a, 0x0e,                   //  5  push 14
  0x58,                         //  7  pop rax             14: rt_sigprocmask
  0x31, 0xff,                   //  8  xor edi, edi        SIG_BLOCK
  0x48, 0x89, 0xe6,             // 10  mov rsi, rsp        the set
  0x31, 0xd2,                   // 13  xor edx, edx        no old set
  0x6a, 0x08,                   // 15  push 8
  0x41, 0x5a,                   // 17  pop r10             size of a set
  0x0f, 0x05,                   // 19  syscall
                                //     wait:
  0xb8, 0x80, 0x00, 0x00, 0x00, // 21  mov eax, 128        rt_sigtimedwait
  0x48, 0x89, 0xe7,             // 26  mov rdi, rsp        the set
  0x31, 0xf6,                   // 29  xor esi, esi        no details wanted
  0x31, 0xd2,                   // 31  xor edx, edx        no timeout
  0x6a, 0x08,                   // 33  push 8
  0x41, 0x5a,                   // 35  pop r10             size of a set
  0x0f, 0x05,                   // 37  syscall
  0x83, 0xf8, 0x11,             // 39  cmp eax, 17         SIGCHLD?
  0x74, 0x0b,                   // 42  je reap (55)
  0x85, 0xc0,                   // 44  test eax, eax
  0x78, 0xe5,                   // 46  js wait (21)        interrupted
  0x6a, 0x3c,                   // 48  push 60
  0x58,                         // 50  pop rax             60: exit
  0x31, 0xff,                   // 51  xor edi, edi        status 0
  0x0f, 0x05,                   // 53  syscall
                                //     reap:
  0x6a, 0x3d,                   // 55  push 61
  0x58,                         // 57  pop rax             61: wait4
  0x6a, 0xff,                   // 58  push -1
  0x5f,                         // 60  pop rdi             any child
  0x31, 0xf6,                   // 61  xor esi, esi        status not wanted
  0x6a, 0x01,                   // 63  push 1
  0x5a,                         // 65  pop rdx             WNOHANG
  0x45, 0x31, 0xd2,             // 66  xor r10d, r10d      no usage
  0x0f, 0x05,                   // 69  syscall
  0x85, 0xc0,                   // 71  test eax, eax
  0x7f, 0xec,                   // 73  jg reap (55)        one was reaped: more?
  0xeb, 0xc8,                   // 75  jmp wait (21)
]);

const arm64Code = words([
  0x52880049, //   0  mov  w9, #0x4002
  0x72a00029, //   4  movk w9, #1, lsl #16   the set, 0x14002
  0xf81f0fe9, //   8  str  x9, [sp, #-16]!   on the stack, where sp points from here on
  0xd2800000, //  12  mov  x0, #0            SIG_BLOCK
  0x910003e1, //  16  mov  x1, sp            the set
  0xd2800002, //  20  mov  x2, #0            no old set
  0xd2800103, //  24  mov  x3, #8            size of a set
  0xd28010e8, //  28  mov  x8, #135          rt_sigprocmask
  0xd4000001, //  32  svc  #0
  //                  wait:
  0x910003e0, //  36  mov  x0, sp            the set
  0xd2800001, //  40  mov  x1, #0            no details wanted
  0xd2800002, //  44  mov  x2, #0            no timeout
  0xd2800103, //  48  mov  x3, #8            size of a set
  0xd2801128, //  52  mov  x8, #137          rt_sigtimedwait
  0xd4000001, //  56  svc  #0
  0x7100441f, //  60  cmp  w0, #17           SIGCHLD?
  0x540000c0, //  64  b.eq reap (88)
  0x7100001f, //  68  cmp  w0, #0
  0x54fffeeb, //  72  b.lt wait (36)         interrupted
  0xd2800000, //  76  mov  x0, #0            status 0
  0xd2800ba8, //  80  mov  x8, #93           exit
  0xd4000001, //  84  svc  #0
  //                  reap:
  0x92800000, //  88  mov  x0, #-1           any child
  0xd2800001, //  92  mov  x1, #0            status not wanted
  0xd2800022, //  96  mov  x2, #1            WNOHANG
  0xd2800003, // 100  mov  x3, #0            no usage
  0xd2802088, // 104  mov  x8, #260          wait4
  0xd4000001, // 108  svc  #0
  0x7100001f, // 112  cmp  w0, #0
  0x54ffff2c, // 116  b.gt reap (88)         one was reaped: more?
  0x17ffffeb, // 120  b    wait (36)
]);

const machines: Readonly<Record<PauseArchitecture, Machine>> = {
  amd64: { elfMachine: 62, code: amd64Code },
  arm64: { elfMachine: 183, code: arm64Code },
};

/** Where the file is loaded; any page-aligned address that is not 0 would do. */
const loadAddress = 0x400000;
const fileHeaderBytes = 64;
const programHeaderBytes = 56;

/**
 * The static ELF executable that a pod's sandbox runs: it waits, reaps what is orphaned to it, and exits at once with
 * status 0 on SIGTERM or SIGINT. Made here from its few bytes, so that no node ever has to fetch an image for it.
 */
export function pauseProgram(architecture: string): Buffer {
  const machine = findMachine(architecture);
  const headers = Buffer.alloc(fileHeaderBytes + programHeaderBytes);
  const size = headers.length + machine.code.length;
  writeFileHeader(headers, machine.elfMachine);
  writeProgramHeader(headers.subarray(fileHeaderBytes), size);
  return Buffer.concat([headers, machine.code]);
}

function findMachine(architecture: string): Machine {
  if (architecture === "amd64" || architecture === "arm64") return machines[architecture];
  throw new InvariantError(`there is no pause program for the architecture "${architecture}"`);
}

function writeFileHeader(header: Buffer, machine: number): void {
  header.write("\x7fELF", 0, "latin1");
  header.writeUInt8(2, 4); // 64 bits
  header.writeUInt8(1, 5); // little-endian
  header.writeUInt8(1, 6); // ELF version
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20); // ELF version
  header.writeBigUInt64LE(BigInt(loadAddress + fileHeaderBytes + programHeaderBytes), 24); // entry: the code follows the headers
  header.writeBigUInt64LE(BigInt(fileHeaderBytes), 32); // program headers follow this one
  header.writeUInt16LE(fileHeaderBytes, 52);
  header.writeUInt16LE(programHeaderBytes, 54);
  header.writeUInt16LE(1, 56); // one program header; no sections
}

function writeProgramHeader(header: Buffer, fileBytes: number): void {
  header.writeUInt32LE(1, 0); // a segment to load
  header.writeUInt32LE(5, 4); // readable and executable
  header.writeBigUInt64LE(BigInt(loadAddress), 16); // virtual address
  header.writeBigUInt64LE(BigInt(loadAddress), 24); // physical address
  header.writeBigUInt64LE(BigInt(fileBytes), 32); // bytes in the file
  header.writeBigUInt64LE(BigInt(fileBytes), 40); // bytes in memory
  header.writeBigUInt64LE(0x10000n, 48); // alignment: arm64 has pages of up to 64 KiB
}

function words(instructions: readonly number[]): Buffer {
  const code = Buffer.alloc(instructions.length * 4);
  instructions.forEach((instruction, index) => {
    code.writeUInt32LE(instruction, index * 4);
  });
  return code;
}
