/** The backends by name, apart from the protocol so that what travels in messages can name them, too. */
export type BackendName = 'webgpu' | 'wasm' | 'f64';
