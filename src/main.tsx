import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './ui/app/App.tsx';
import { startPage } from './ui/stores/page.ts';
import './ui/theme.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element “root”.');

void startPage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
