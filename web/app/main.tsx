import '@fontsource/source-sans-3/latin-400.css';
import '@fontsource/source-sans-3/latin-600.css';
import '@fontsource/jetbrains-mono/latin-400.css';
import '../look/tokens.css';
import '../look/page.css';
import '../look/layout.css';
import '../look/time.css';
import '../look/lists.css';
import '../look/inspector.css';
import '../look/octets.css';
import '../look/actions.css';
import '../look/ladder.css';
import '../look/chart.css';
import '../look/experiments.css';
import '../look/tables.css';
import '../look/sheets.css';
import '../look/editor.css';
import { render } from 'preact';
import { applyTheme } from '../look/theme.ts';
import { PageProvider } from '../panels/page.ts';
import { App } from './app.tsx';
import { applyLanguage } from './language.ts';
import { createPage } from './page.ts';

applyTheme();
applyLanguage();
const page = createPage();
render(
  <PageProvider value={page}>
    <App />
  </PageProvider>,
  document.getElementById('app') as HTMLElement,
);
