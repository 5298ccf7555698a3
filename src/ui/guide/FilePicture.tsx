import { useEffect, useMemo, useRef } from 'react';
import { moduleClasses } from '../parts/classNames.ts';
import { type PlanePicture, planePictures, shownPlanes } from './filePicture.ts';
import styles from './guide.module.css';
import type { GuidedFile } from './guideStore.ts';

const cx = moduleClasses(styles);

const MOST_PLANES = 8;
const SIDE = 280;
const SMALL_SIDE = 96;

/** What the file shows: its image, or planes of it from the first to the last. */
export function FilePicture({ file: { pixels, facts } }: { readonly file: GuidedFile }) {
  const isStack = pixels.planes > 1;
  const pictures = useMemo(
    () =>
      planePictures(
        pixels,
        shownPlanes(pixels.planes, MOST_PLANES),
        facts.least,
        isStack ? SMALL_SIDE : SIDE,
      ),
    [pixels, facts, isStack],
  );
  const shown = isStack
    ? pictures.length < pixels.planes
      ? `${pictures.length} of ${pixels.planes} planes on one scale`
      : 'All planes on one scale'
    : 'The image';
  const red = facts.saturated > 0 ? ' Red: saturated.' : '';
  return (
    <figure className={cx('filePicture')} data-testid="guide-picture">
      <div className={cx(isStack && 'strip')}>
        {pictures.map((picture) => (
          <div key={picture.plane}>
            <Plane picture={picture} name={isStack ? `Plane ${picture.plane + 1}` : 'The image'} />
            {isStack && <span aria-hidden="true">{picture.plane + 1}</span>}
          </div>
        ))}
      </div>
      <figcaption>
        {shown}, faint light raised (square root).{red}
      </figcaption>
    </figure>
  );
}

function Plane({ picture, name }: { readonly picture: PlanePicture; readonly name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, rgba } = picture;
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={name} />;
}
