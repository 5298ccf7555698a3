/** The few functions of Plotly that are used; the package ships no types. */
declare module 'plotly.js-cartesian-dist-min' {
  namespace Plotly {
    type PlotlyValue =
      | string
      | number
      | boolean
      | null
      | ArrayLike<number>
      | readonly PlotlyValue[]
      | { readonly [key: string]: PlotlyValue };
    interface PlotlyObject {
      readonly [key: string]: PlotlyValue;
    }
    function react(
      element: HTMLElement,
      traces: readonly PlotlyObject[],
      layout: PlotlyObject,
      config: PlotlyObject,
    ): Promise<unknown>;
    function purge(element: HTMLElement): void;
    const Plots: { resize(element: HTMLElement): void };
  }
  export = Plotly;
}
