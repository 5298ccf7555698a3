/** A design as a link: copied, and opened from the page's address. Nothing is sent: fragments stay in the browser. React-free. */
import type { Design } from '../../graph/document.ts';
import { parseDesign } from '../../graph/parse.ts';
import { sameDesign } from '../../graph/serialize.ts';
import {
  isDesignLink,
  type LinkOptions,
  LONGEST_LINK,
  type PackedLink,
  packLink,
  unpackLink,
} from '../../graph/shareLink.ts';
import { documentStore, registry } from './app.ts';
import { openText } from './files.ts';
import { toast } from './uiStore.ts';

/** From so many characters on, mail and chat programs are known to cut links off. */
const LONG_LINK = 8000;

/** “1.9 kB”; a character of an address is a byte. */
export function linkSize(characters: number): string {
  const thousands = characters / 1000;
  return `${thousands < 10 ? thousands.toFixed(1) : Math.round(thousands)} kB`;
}

export function hasMeasuredImages(): boolean {
  return Object.values(documentStore.getState().design.images).some(({ kind }) => kind === 'measured');
}

interface Link extends Pick<PackedLink, 'leftOut'> {
  /** Whole, with where this page is. */
  readonly address: string;
}

/** The open design as an address. */
export function linkOfDesign(withImages: boolean): Promise<Link> {
  const { design, preserved } = documentStore.getState();
  return linkOf(design, { preserved, withImages });
}

export async function linkOf(
  design: Design,
  options: Omit<LinkOptions, 'registry'> = { withImages: false },
): Promise<Link> {
  const { fragment, leftOut } = await packLink(design, { registry, ...options });
  return { address: `${location.origin}${location.pathname}${fragment}`, leftOut };
}

/** Puts the link of the open design on the clipboard, or into the address bar where there is none. */
export async function copyLink(withImages = false): Promise<void> {
  const { address, leftOut } = await linkOfDesign(withImages);
  const size = linkSize(address.length);
  if (address.length > LONGEST_LINK) {
    const images = withImages ? 'Copy it without its images, or save a file' : 'Save a file';
    toast(
      `The link would have ${size}; at most ${linkSize(LONGEST_LINK)} arrive whole. ${images} instead.`,
      'error',
    );
    return;
  }
  const notes = [
    ...(address.length > LONG_LINK ? ['Some programs cut off links this long: try it, or send a file.'] : []),
    ...(leftOut.length > 0
      ? [`${namesOf(leftOut)} not in it; the File menu has a link with its images.`]
      : []),
  ];
  try {
    await navigator.clipboard.writeText(address);
    toast([`The link was copied: ${size}, which hold the design.`, ...notes].join(' '), 'good');
  } catch {
    history.replaceState(null, '', address);
    const where = `The browser did not allow copying: the link (${size}) stands in the address bar.`;
    toast([where, ...notes].join(' '));
  }
}

/** “bead.tif” is; “a.tif” and 3 more are */
function namesOf(names: readonly string[]): string {
  const [first = '', ...more] = names;
  return more.length === 0 ? `“${first}” is` : `“${first}” and ${more.length} more are`;
}

/**
 * Opens the design that the address holds beside the document that is open, which can be had back. The fragment goes:
 * a page that is loaded again shows what was made of the design since.
 */
export async function openAddress(): Promise<void> {
  const { hash } = location;
  if (!isDesignLink(hash)) return;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  const unpacked = await unpackLink(hash);
  if (!unpacked.ok) {
    toast(`The link was not opened. ${unpacked.reason}`, 'error');
    return;
  }
  const parsed = parseDesign(unpacked.text, registry);
  if (parsed.ok && sameDesign(parsed.design, documentStore.getState().design)) {
    toast(`“${parsed.design.title}” of the link is what is open.`);
    return;
  }
  if (!openText(unpacked.text, 'Design of the link') || unpacked.leftOut.length === 0) return;
  const few = unpacked.leftOut.slice(0, 3).map((name) => `“${name}”`);
  toast(`The link came without ${few.join(', ')}: give the image to its element again.`);
}

/** Links of the page itself, and those that are pasted over its address. */
export function watchAddress(): void {
  window.addEventListener('hashchange', () => void openAddress());
}
