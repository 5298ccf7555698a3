/** Numbers for the viewers and previews for the cards go the same way: the two buses as one. */
import type { Pictures, ViewRequest, Wanted } from '../../workers/protocol.ts';
import type { FrameBus, PreviewBus } from './frameBus.ts';

type Named = Pick<ViewRequest, 'nodeId' | 'layer'>;

export interface BothBuses {
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

export function bothBuses(frames: FrameBus, previews: PreviewBus): BothBuses {
  const each = [frames, previews] as const;
  return {
    publish(pictures) {
      frames.publish(pictures.views);
      previews.publish(pictures.previews);
    },
    withdrawMissing(asked, given) {
      frames.withdraw(missing(asked.views, given.views));
      previews.withdraw(missing(asked.previews, given.previews));
    },
    wants: () => ({ views: frames.wants(), previews: previews.wants() }),
    onWantsChanged(listener) {
      const ends = each.map((bus) => bus.onWantsChanged(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    captureBefore() {
      for (const bus of each) bus.captureBefore();
    },
    hasBefore: () => each.some((bus) => bus.hasBefore()),
    showBefore(shown) {
      for (const bus of each) bus.showBefore(shown);
    },
    clear() {
      for (const bus of each) bus.clear();
    },
  };
}
