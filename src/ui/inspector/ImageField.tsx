import { Brush, Upload } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from 'zustand';
import type { DesignImage } from '../../graph/document.ts';
import { findNode } from '../../graph/registry.ts';
import type { ImageParam } from '../../optics/element.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { setValue } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { addParamImage, addTargetImage } from '../stores/files.ts';
import { startPainting } from '../views/painter.ts';
import styles from './fields.module.css';
import { TargetImportPanel } from './TargetImportPanel.tsx';
import { useParam } from './useParam.ts';

const cx = moduleClasses(styles);

function summarise(image: DesignImage): string {
  return image.kind === 'measured'
    ? `${image.shape.join(' × ')} pixels, ${image.painted ? 'painted' : 'measured'}`
    : `simulated with camera “${image.camera}”${image.noise ? ', with noise' : ''}`;
}

/** Chooses an image of the document, or brings one in. */
export function ImageField({
  nodeId,
  param,
  spec,
}: {
  readonly nodeId: string;
  readonly param: string;
  readonly spec: ImageParam;
}) {
  const chosen = useParam(nodeId, param);
  const images = useStore(documentStore, ({ design }) => design.images);
  const type = useStore(documentStore, ({ design }) => findNode(design, nodeId)?.type);
  const isTarget = type === 'target';
  const input = useRef<HTMLInputElement>(null);
  const image = typeof chosen === 'string' ? images[chosen] : undefined;
  const path = `${nodeId}.${param}`;
  return (
    <>
      <div className={cx('row')}>
        <div className={cx('line')}>
          <span className={cx('label')}>{spec.title}</span>
          <select
            className={cx('select')}
            aria-label={spec.title}
            data-testid={`field-${path}`}
            value={image === undefined ? '' : String(chosen)}
            onChange={(event) => setValue(path, event.currentTarget.value)}
          >
            <option value="">none</option>
            {Object.entries(images).map(([id, each]) => (
              <option key={id} value={id}>
                {each.name}
              </option>
            ))}
          </select>
        </div>
        <div className={cx('line')}>
          <span className={cx('note', 'label')}>{image === undefined ? spec.doc : summarise(image)}</span>
          {isTarget && (
            <Button
              small
              look="outlined"
              onClick={() => startPainting(nodeId)}
              data-testid={`paint-${nodeId}`}
            >
              <Brush size={13} /> Paint
            </Button>
          )}
          <Button small look="outlined" onClick={() => input.current?.click()}>
            <Upload size={13} /> Upload…
          </Button>
          <input
            ref={input}
            hidden
            type="file"
            accept=".png,.tif,.tiff,.npy,image/png,image/tiff"
            data-testid={`upload-${path}`}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = '';
              if (file === undefined) return;
              void (type === 'camera' ? addParamImage(file, nodeId, param) : addTargetImage(file, nodeId));
            }}
          />
        </div>
      </div>
      {isTarget && image?.kind === 'measured' && image.painted !== true && (
        <TargetImportPanel nodeId={nodeId} image={image} />
      )}
    </>
  );
}
