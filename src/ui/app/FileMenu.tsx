import { FileCode, FilePlus2, FolderOpen, History, Link2, Save, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { LONGEST_LINK } from '../../graph/shareLink.ts';
import { Button } from '../parts/Button.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import { documentStore } from '../stores/app.ts';
import { chooseFiles, newDocument, saveFile } from '../stores/files.ts';
import { goBack, openRecent, recentDocuments } from '../stores/opening.ts';
import type { RecentDocument } from '../stores/persistence.ts';
import { copyPython, savePython } from '../stores/python.ts';
import { copyLink, hasMeasuredImages, linkOfDesign, linkSize } from '../stores/sharing.ts';
import { describeAge } from './age.ts';
import { keyText } from './commands.ts';

export function FileMenu() {
  const [recent, setRecent] = useState<readonly RecentDocument[]>([]);
  /** Characters of the link with images; null where there are none. */
  const [linkLength, setLinkLength] = useState<number | null>(null);
  const previous = useStore(documentStore, (state) => state.previousTitle);
  const load = (open: boolean): void => {
    if (!open) return;
    void recentDocuments().then(setRecent);
    setLinkLength(null);
    if (hasMeasuredImages()) void linkOfDesign(true).then(({ address }) => setLinkLength(address.length));
  };
  return (
    <Menu trigger={<Button data-testid="file-menu">File</Button>} onOpenChange={load}>
      <MenuItem icon={<FilePlus2 size={15} />} text="New" testId="file-new" onSelect={newDocument} />
      <MenuItem
        icon={<FolderOpen size={15} />}
        text="Open…"
        keys={keyText('Mod+O')}
        testId="file-open"
        onSelect={chooseFiles}
      />
      {previous !== null && (
        <MenuItem
          icon={<Undo2 size={15} />}
          text={`Go back to “${previous}”`}
          keys="U"
          testId="file-back"
          onSelect={goBack}
        />
      )}
      <MenuLine />
      <MenuItem
        icon={<Save size={15} />}
        text="Save as a file"
        keys={keyText('Mod+S')}
        testId="file-save"
        onSelect={saveFile}
      />
      <MenuItem
        icon={<Link2 size={15} />}
        text="Copy link"
        keys={keyText('Mod+Shift+S')}
        testId="file-copy-link"
        onSelect={() => void copyLink()}
      />
      {linkLength !== null && (
        <MenuItem
          icon={<Link2 size={15} />}
          text="Copy link with its images"
          keys={linkSize(linkLength)}
          disabled={linkLength > LONGEST_LINK}
          {...(linkLength > LONGEST_LINK ? { detail: 'Too long for a link: save a file instead' } : {})}
          testId="file-copy-link-images"
          onSelect={() => void copyLink(true)}
        />
      )}
      <MenuItem
        icon={<FileCode size={15} />}
        text="Copy as Python"
        testId="file-copy-python"
        onSelect={() => void copyPython()}
      />
      <MenuItem
        icon={<FileCode size={15} />}
        text="Save as a Python script"
        testId="file-save-python"
        onSelect={() => void savePython()}
      />
      {recent.length > 0 && (
        <>
          <MenuLine />
          <MenuLabel>Recent, kept in this browser</MenuLabel>
          {recent.map(({ id, title, savedAt }) => (
            <MenuItem
              key={id}
              icon={<History size={15} />}
              text={title}
              keys={describeAge(savedAt, Date.now())}
              testId="file-recent"
              onSelect={() => void openRecent(id)}
            />
          ))}
        </>
      )}
    </Menu>
  );
}
