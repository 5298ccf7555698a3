import { describe, expect, it } from 'vitest';
import { Arena } from './arena.ts';
import { SCALAR_MODULE, SIMD_MODULE } from './kernels.generated.ts';
import { decodeModule } from './module.ts';
import { randomReals } from './testNumbers.ts';
import { createWasmKernels } from './wasmKernels.ts';

const MEBIBYTE = 1024 * 1024;

describe('memory of the WebAssembly backend', () => {
  it('returns to zero after each of 100 rounds, while it grows', async () => {
    const kernels = await createWasmKernels();
    for (let round = 0; round < 100; round++) {
      const n = 16 + 4 * round;
      const phase = kernels.upload(randomReals(n * n, round), [n, n], 'real');
      const field = kernels.phasor(phase);
      const spectrum = kernels.fourier2(field, 'forward');
      const small = kernels.resize(spectrum, 8, 8);
      const product = kernels.matmul(small, small);
      const power = kernels.absSquared(spectrum);
      const total = kernels.sum(power, [0, 1]);
      const view = kernels.reshape(total, []);
      expect(kernels.memory().arrays).toBe(8);
      // phase, field, spectrum, small, product, power and the total; the view shares the total's memory.
      expect(kernels.memory().bytes).toBe(4 * (n * n * 6 + 2 * 128 + 1));
      const [energy] = await kernels.readMany([total]);
      // A phasor has modulus 1 and the transform is unitary; float32 transform error.
      expect(Math.abs((energy?.[0] ?? 0) / (n * n) - 1)).toBeLessThan(1e-6);
      for (const array of [phase, field, spectrum, small, product, power, total, view])
        kernels.release(array);
      expect(kernels.memory()).toEqual({ bytes: 0, arrays: 0 });
    }
  });

  it('keeps the contents of arrays when the memory grows', async () => {
    const kernels = await createWasmKernels();
    const data = randomReals(1000, 1);
    const first = kernels.upload(data, [1000], 'real');
    const large = kernels.upload(new Float32Array(8 * MEBIBYTE), [8 * MEBIBYTE], 'real');
    const [kept] = await kernels.readMany([first]);
    expect(Array.from(kept ?? [])).toEqual(Array.from(data));
    kernels.release(large);
  });

  it('refuses a second release and the use of a released array', async () => {
    const kernels = await createWasmKernels();
    const array = kernels.upload(Float64Array.of(1, 2), [2], 'real');
    kernels.release(array);
    expect(() => kernels.release(array)).toThrow('released twice');
    const other = kernels.upload(Float64Array.of(1, 2), [2], 'real');
    expect(() => kernels.scale(array, 2)).toThrow('after its release');
    expect(() => kernels.add(other, array)).toThrow('after its release');
    kernels.release(other);
    expect(kernels.memory()).toEqual({ bytes: 0, arrays: 0 });
    await expect(kernels.readMany([array])).rejects.toThrow('after its release');
  });

  it('refuses an array of another backend', async () => {
    const one = await createWasmKernels();
    const two = await createWasmKernels();
    const array = one.upload(Float64Array.of(1, 2), [2], 'real');
    expect(() => two.scale(array, 2)).toThrow('not of this backend');
    expect(() => two.release(array)).toThrow('not of this backend');
  });

  it('refuses numbers that do not fill the shape', async () => {
    const kernels = await createWasmKernels();
    expect(() => kernels.upload(new Float64Array(5), [2, 2], 'real')).toThrow('do not fill');
    expect(() => kernels.upload(new Float64Array(4), [2, 2], 'complex')).toThrow('do not fill');
    expect(kernels.memory()).toEqual({ bytes: 0, arrays: 0 });
  });

  it('refuses to pass its budget, says so, and goes on afterwards', async () => {
    const kernels = await createWasmKernels({ budgetBytes: 5 * MEBIBYTE });
    const half = kernels.upload(new Float32Array(2 ** 19), [2 ** 19], 'real');
    expect(() => kernels.add(half, half)).not.toThrow();
    expect(kernels.memory().arrays).toBe(2);
    const message =
      /needs 2 MiB more memory, but 4 MiB of the 5 MiB allowed on the processor are in use\. Use fewer/;
    expect(() => kernels.add(half, half)).toThrow(message);
    expect(kernels.memory().arrays).toBe(2);
    kernels.release(half);
    expect(kernels.memory().arrays).toBe(1);
    kernels.upload(new Float32Array(1000), [1000], 'real');
    expect(kernels.memory().arrays).toBe(2);
  });
});

describe('compiled modules', () => {
  it('are both valid, need nothing from the host, and only one of them has vector instructions', () => {
    const simd = decodeModule(SIMD_MODULE);
    const scalar = decodeModule(SCALAR_MODULE);
    for (const bytes of [simd, scalar]) {
      expect(WebAssembly.validate(bytes)).toBe(true);
      expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
    }
    // Every vector instruction starts with the byte 0xfd; f32x4.mul is 0xfd 0xe6 0x01.
    const products = (bytes: Uint8Array) =>
      bytes.filter((x, i) => x === 0xfd && bytes[i + 1] === 0xe6 && bytes[i + 2] === 1).length;
    expect(products(simd)).toBeGreaterThan(50);
    expect(products(scalar)).toBe(0);
  });
});

describe('arena', () => {
  it('hands out blocks that never overlap and are aligned to 64 bytes', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const arena = new Arena(memory, 100, 64 * MEBIBYTE);
    const requests = randomReals(3000, 3);
    const live: { address: number; bytes: number }[] = [];
    requests.forEach((x, i) => {
      if (x < -0.1 && live.length > 0) {
        const [gone] = live.splice(i % live.length, 1);
        if (gone !== undefined) arena.release(gone.address);
        return;
      }
      const bytes = Math.ceil(2 ** (8 + 6 * Math.abs(x)));
      const address = arena.allocate(bytes);
      expect(address % 64).toBe(0);
      expect(address).toBeGreaterThanOrEqual(100);
      expect(address + bytes).toBeLessThanOrEqual(memory.buffer.byteLength);
      const clash = live.some((b) => address < b.address + b.bytes && b.address < address + bytes);
      expect(clash).toBe(false);
      live.push({ address, bytes });
    });
    expect(live.length).toBeGreaterThan(100);
  });

  it('uses memory of freed blocks of other sizes before it grows', () => {
    const memory = new WebAssembly.Memory({ initial: 512 });
    const arena = new Arena(memory, 0, 1024 * MEBIBYTE);
    const small = Array.from({ length: 30 }, () => arena.allocate(MEBIBYTE));
    for (const address of small) arena.release(address);
    const large = arena.allocate(24 * MEBIBYTE);
    expect(memory.buffer.byteLength).toBe(512 * 65536);
    arena.release(large);
    const again = [
      arena.allocate(10 * MEBIBYTE),
      arena.allocate(10 * MEBIBYTE),
      arena.allocate(5 * MEBIBYTE),
    ];
    expect(new Set(again).size).toBe(3);
    expect(memory.buffer.byteLength).toBe(512 * 65536);
  });

  it('refuses to release a block twice', () => {
    const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 0, MEBIBYTE);
    const address = arena.allocate(10);
    arena.release(address);
    expect(() => arena.release(address)).toThrow('released twice');
  });
});
