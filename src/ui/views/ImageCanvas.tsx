import type { Ref } from 'react';
import { useCallback, useEffect, useId, useImperativeHandle, useRef, useState } from 'react';
import type { ValueRange } from '../../pictures/scaling.ts';
import type { ImageStyle } from '../../pictures/style.ts';
import type { View, ViewMode } from '../../workers/protocol.ts';
import { moduleClasses } from '../parts/classNames.ts';
import type { FrameBus } from '../stores/frameBus.ts';
import { ImageController } from './imageController.ts';
import { IMAGE_KEYS, IMAGE_OWN_KEYS } from './imageInput.ts';
import type { Picture } from './imageLayer.ts';
import type { PictureTool } from './pictureTool.ts';
import { describePixel } from './pictureWords.ts';
import type { Point, ProfileSelection } from './profile.ts';
import type { SphereMarks } from './sphereMarks.ts';
import { MARK_KEYS } from './sphereMarks.ts';
import type { ViewLink } from './viewport.ts';
import { createViewLink } from './viewport.ts';
import type { ImageTool } from './viewStore.ts';
import styles from './views.module.css';
import { isWanted, knownView } from './wantedView.ts';

const cx = moduleClasses(styles);

export interface ImageHandle {
  readonly range: () => ValueRange | null;
  readonly zoom: (step: 'in' | 'out' | 'fit' | 'actual') => void;
  /** The picture as on screen without the cursor; null before there is one. */
  readonly snapshot: (withScaleBar: boolean) => HTMLCanvasElement | null;
}

export interface ImageSource {
  readonly frames: FrameBus;
  readonly nodeId: string;
  readonly layer: View['layer'];
  readonly mode: ViewMode;
  readonly plane: number;
  /** With polarisation ellipses over it. */
  readonly polarisation?: boolean;
}

export interface ImageCanvasProps {
  /** Accessible name: what the picture shows. */
  readonly label: string;
  /** Must keep its identity while it names the same picture. */
  readonly source: ImageSource;
  readonly style: ImageStyle;
  /** Keeps the colours' range while a fit runs. */
  readonly hold?: boolean;
  readonly tool?: ImageTool;
  readonly selection?: ProfileSelection | null;
  readonly onSelection?: (selection: ProfileSelection | null) => void;
  readonly colorBar?: boolean;
  /** Objects that are drawn over the picture and dragged on it. */
  readonly marks?: SphereMarks | null;
  /** What works on the picture while its tool is chosen. */
  readonly hand?: PictureTool | null;
  /** Shares zoom, pan and cursor with other pictures. */
  readonly link?: ViewLink;
  /** What is said of a place of the picture, where that is not x, y and the value. */
  readonly describe?: (picture: Picture, cursor: Point) => string;
  /** Sentence while there is no frame. */
  readonly empty?: string;
  readonly testId?: string;
  readonly ref?: Ref<ImageHandle>;
}

/** Feeds the controller: states what is wanted, draws what is there, then whatever arrives. */
function useFrames(controller: ImageController | null, source: ImageSource): boolean {
  const owner = useId();
  const [hasPicture, setHasPicture] = useState(false);
  useEffect(() => {
    if (controller === null) return;
    const show = (picture: Picture | null): void => {
      controller.setPicture(picture);
      setHasPicture(picture !== null);
    };
    const { frames, nodeId, layer, mode, plane } = source;
    const request = { nodeId, layer, mode, plane } as const;
    frames.want(owner, source.polarisation === true ? { ...request, polarisation: true } : request);
    show(knownView(frames, nodeId, layer, mode, plane));
    const end = frames.subscribe(
      nodeId,
      (view) => {
        if (isWanted(view, layer, mode, plane)) show(view);
      },
      (gone) => {
        if (gone === layer) show(null);
      },
    );
    return () => {
      end();
      frames.want(owner, null);
    };
  }, [controller, source, owner]);
  return hasPicture;
}

function write(target: HTMLElement | null, text: string): void {
  if (target !== null && target.textContent !== text) target.textContent = text;
}

/** A picture with zoom, pan, cursor, scale bar and legend. New frames are drawn without a render. */
export function ImageCanvas(props: ImageCanvasProps) {
  const { label, source, style, hold = false, tool = 'pan', selection = null, colorBar = true, ref } = props;
  const { onSelection, marks = null, hand = null, describe } = props;
  const readout = useRef<HTMLSpanElement>(null);
  const summary = useRef<HTMLSpanElement>(null);
  const spoken = useRef<HTMLSpanElement>(null);
  const select = useRef(onSelection);
  const say = useRef(describe);
  const [controller, setController] = useState<ImageController | null>(null);
  const [ownLink] = useState(createViewLink);
  const link = props.link ?? ownLink;
  const summaryId = useId();
  const keysId = useId();

  const attach = useCallback(
    (stage: HTMLDivElement) => {
      const canvas = stage.querySelector('canvas');
      if (canvas === null) return;
      const created = new ImageController(
        canvas,
        stage,
        {
          onReadout: (text) => write(readout.current, text),
          onSummary: (text) => write(summary.current, text),
          onSpeak: (text) => write(spoken.current, text),
          onProfile: (chosen) => select.current?.(chosen),
        },
        { colorBar, link, describe: (...place) => (say.current ?? describePixel)(...place) },
      );
      setController(created);
      return () => {
        created.dispose();
        setController(null);
      };
    },
    [colorBar, link],
  );

  useEffect(() => {
    select.current = onSelection;
    say.current = describe;
  }, [onSelection, describe]);
  useEffect(() => controller?.setStyle(style, hold), [controller, style, hold]);
  useEffect(() => controller?.setTool(tool), [controller, tool]);
  useEffect(() => controller?.setSelection(selection), [controller, selection]);
  useEffect(() => controller?.setMarks(marks), [controller, marks]);
  useEffect(() => controller?.setHand(hand), [controller, hand]);
  const hasPicture = useFrames(controller, source);

  useImperativeHandle(
    ref,
    () => ({
      range: () => controller?.range() ?? null,
      zoom: (step) => controller?.zoom(step),
      snapshot: (withScaleBar) => controller?.snapshot(withScaleBar) ?? null,
    }),
    [controller],
  );

  return (
    <figure className={cx('image')} data-testid={props.testId}>
      <div
        ref={attach}
        className={cx('imageStage')}
        role="application"
        aria-roledescription="picture"
        aria-label={label}
        data-keys={hand?.kind === tool ? `${IMAGE_OWN_KEYS} ${hand.ownKeys}` : IMAGE_OWN_KEYS}
        aria-describedby={`${summaryId} ${keysId}`}
      >
        <canvas className={cx('imageCanvas')} />
        {!hasPicture && (
          <p className={cx('imageEmpty')}>{props.empty ?? 'The picture appears after the next run.'}</p>
        )}
      </div>
      <figcaption className={cx('imageFoot')}>
        <span ref={readout} className={cx('readout')} />
        <span ref={summary} id={summaryId} className={cx('summary')} />
      </figcaption>
      <span id={keysId} hidden>
        {[
          IMAGE_KEYS,
          marks === null || marks.list().length === 0 ? '' : MARK_KEYS,
          hand?.kind === tool ? hand.keys : '',
        ].join(' ')}
      </span>
      <span ref={spoken} className={cx('srOnly')} aria-live="polite" />
    </figure>
  );
}
