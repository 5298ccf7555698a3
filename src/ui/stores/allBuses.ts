/** Numbers for the viewers, previews for the cards and analyses go the same way: the buses as one. */
import type { Pictures, ViewRequest, Wanted } from '../../workers/protocol.ts';
import type { AnalysisBus } from './analysisBus.ts';
import type { FrameBus, PreviewBus } from './frameBus.ts';

type Named = Pick<ViewRequest, 'nodeId' | 'layer'>;

export interface AllBuses {
  readonly publish: (pictures: Pictures) => void;
  /** Takes back what was asked for and not given. */
  readonly withdrawMissing: (asked: Wanted, given: Pictures) => void;
  readonly wants: () => Wanted;
  readonly onWantsChanged: (listener: () => void) => () => void;
  readonly captureBefore: () => void;
  readonly hasBefore: () => boolean;
  readonly showBefore: (shown: boolean) => void;
  readonly clear: () => void;
}

function missing(asked: readonly Named[], given: readonly Named[]): readonly Named[] {
  const key = ({ nodeId, layer }: Named): string => `${nodeId}\u0000${layer}`;
  const keys = new Set(given.map(key));
  return asked.filter((request) => !keys.has(key(request)));
}

export function allBuses(frames: FrameBus, previews: PreviewBus, analyses: AnalysisBus): AllBuses {
  const pictured = [frames, previews] as const;
  const each = [...pictured, analyses] as const;
  return {
    publish(pictures) {
      frames.publish(pictures.views);
      previews.publish(pictures.previews);
      analyses.publish(pictures.analyses ?? []);
    },
    withdrawMissing(asked, given) {
      frames.withdraw(missing(asked.views, given.views));
      previews.withdraw(missing(asked.previews, given.previews));
      analyses.withdrawMissing(asked.analyses ?? [], given.analyses ?? []);
    },
    wants() {
      const wanted = analyses.wants();
      const pictures = { views: frames.wants(), previews: previews.wants() };
      return wanted.length === 0 ? pictures : { ...pictures, analyses: wanted };
    },
    onWantsChanged(listener) {
      const ends = each.map((bus) => bus.onWantsChanged(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    captureBefore() {
      for (const bus of pictured) bus.captureBefore();
    },
    hasBefore: () => pictured.some((bus) => bus.hasBefore()),
    showBefore(shown) {
      for (const bus of pictured) bus.showBefore(shown);
    },
    clear() {
      for (const bus of each) bus.clear();
    },
  };
}
