/** Inputs sit on the left of a node card, outputs on the right. */
export type PortSide = 'input' | 'output';
