import { useEffect, useId, useState } from 'react';
import type { Analysed } from '../../workers/protocol.ts';
import { analysisBus } from '../stores/analysisBus.ts';

/** Numbers and charts of an analysis node, or of what travels from an output, while somebody looks; null without. */
export function useAnalysis(nodeId: string, port: string | null = null): Analysed | null {
  const owner = useId();
  const [analysed, setAnalysed] = useState<Analysed | null>(() => analysisBus.latest({ nodeId, port }));
  useEffect(() => {
    const request = { nodeId, port };
    analysisBus.want(owner, [request]);
    setAnalysed(analysisBus.latest(request));
    const end = analysisBus.subscribe(request, setAnalysed);
    return () => {
      end();
      analysisBus.want(owner, []);
    };
  }, [owner, nodeId, port]);
  return analysed;
}
