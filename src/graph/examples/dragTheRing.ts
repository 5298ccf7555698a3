/** The first thing to try: a ring that a person drags, and optics that follow. */
import { getAt } from '../paths.ts';
import { catalogueValue } from './truth.ts';
