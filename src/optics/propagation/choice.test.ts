import { describe, expect, it } from 'vitest';
import { propagator } from '../elements/propagation/propagator.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { constantScalar } from '../ops/scalar.ts';
import { samplingNotes } from '../spectral.ts';
import { evaluate, stage } from '../testSupport.ts';
import { chooseMethod, criticalDistance, keptShare, type Situation } from './choice.ts';

describe('the automatic choice', () => {
  const base: Situation = {
    samples: 1024,
    pitch: 5e-6,
    wavelength: 633e-9,
    distance: 0.02,
    largestAngle: 0,
    reach: 2.56e-3,
    shift: 0,
  };

  it('knows the critical distance N pitch²/λ', () => {
    expect(criticalDistance(base) * 1e3).toBeCloseTo(40.44233807, 8);
  });

  it('knows the share of frequencies that Matsushima’s limit keeps', () => {
    const far = { ...base, samples: 1024, pitch: 1.064e-6, wavelength: 0.532e-6 };
    expect(keptShare({ ...far, distance: 108953.6e-6 })).toBeCloseTo(0.04, 4);
    expect(keptShare({ ...far, distance: 10000e-6 })).toBeCloseTo(0.433, 3);
    expect(keptShare({ ...far, distance: 1000e-6 })).toBe(1);
  });

  it.each([
    [0.02, 2.56e-3, 'angularSpectrum', '40.4 mm'],
    [-0.2, 2.56e-3, 'angularSpectrum', 'kept'],
    [5, 2.56e-3, 'fresnelSingle', 'paraxial'],
    [0.2, null, 'scalableAngularSpectrum', 'grows'],
  ])('at %d m within %d m takes %s and says why', (z, reach, method, word) => {
    const choice = chooseMethod({ ...base, distance: z, reach });
    expect(choice.method).toBe(method);
    expect(choice.reason).toContain(word);
  });

  it('takes the scalable angular spectrum where light is steep', () => {
    const steep = { ...base, samples: 256, pitch: 0.5e-6, distance: 5e-3, reach: null };
    expect(chooseMethod(steep).method).toBe('scalableAngularSpectrum');
    // Unless that light is known not to be there.
    expect(chooseMethod({ ...steep, largestAngle: 0.02 }).method).toBe('fresnelSingle');
  });

  it('is told in words; a choice against it is warned of', async () => {
    const source = stage(planeWave, { wavelength: 633e-9 });
    const { value } = await evaluate({ source }, { samples: 64, pitch: 5e-6 });
    const far = stage(propagator, { distance: 0.01, method: 'fresnelSingle', window: 'natural' }, 'source');
    const { value: spread } = await evaluate({ source, far }, { samples: 64, pitch: 5e-6 });
    const notes = (params: Readonly<Record<string, number | string>>, light = value) => {
      const values = Object.fromEntries(
        Object.entries(propagator.params).map(([name, param]) => {
          const value = params[name] ?? ('default' in param ? param.default : 0);
          return [name, param.kind === 'quantity' ? constantScalar(Number(value)) : value];
        }),
      );
      return samplingNotes(propagator, { in: light }, values as never, { samples: 64, pitch: 5e-6 });
    };
    const words = (params: Readonly<Record<string, number | string>>, severity: string, light = value) =>
      notes(params, light)
        .flatMap((note) => (note.severity === severity ? [note.message] : []))
        .join(' ');
    expect(words({ distance: 1e-3 }, 'info')).toContain('the critical distance is 2.53 mm');
    expect(words({ distance: 1e-3 }, 'warning')).toBe('');
    expect(words({ distance: 1e-3, method: 'fresnelSingle' }, 'warning')).toContain('undersamples');
    // Light has the same ghosts on its way back, unless it comes from that very place.
    const back = { method: 'fresnelSingle', window: 'natural' };
    expect(words({ distance: -1e-3, ...back }, 'warning')).toContain('undersamples');
    expect(words({ distance: -0.01, ...back }, 'warning', spread)).toBe('');
    expect(words({ distance: -0.01, ...back }, 'info', spread)).toContain('on its way back');
    expect(words({ distance: -0.005, ...back }, 'warning', spread)).toContain('undersamples');
    expect(words({ distance: 0.1, method: 'angularSpectrum' }, 'warning')).toContain('without ghosts');
    expect(words({ distance: 0.1, method: 'fraunhofer' }, 'warning')).toContain('Fresnel number');
    // π tan⁴θ z/λ with tan θ = λ/(2 · 5 µm): 1.6 rad at 20 mm, half of it at 10 mm.
    const natural = { method: 'fresnelSingle', window: 'natural' };
    expect(words({ distance: 0.02, ...natural }, 'warning')).toContain('off by 1.6 rad');
    expect(words({ distance: 0.01, ...natural }, 'warning')).toBe('');
    expect(words({ distance: 1e-3, padding: '1' }, 'info')).toContain('comes back');
    const chosen = { window: 'chosen', outputPitch: 20e-6, windowX: 50e-6 };
    expect(words({ distance: 1e-3, ...chosen }, 'warning')).toContain('coarser');
    expect(words({ distance: 1e-3, ...chosen }, 'info')).toContain('50 µm');
    expect(words({ distance: 1e-3, ...chosen, outputSamples: 256 }, 'warning')).toContain('dark');
  });
});
