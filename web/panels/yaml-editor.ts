import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import type { Completions, Diagnostic } from '../../core/topology/index.ts';
import { yamlColours } from './yaml-colours.ts';

/** A topology in CodeMirror. This module is loaded when the editor is first opened. */
export interface YamlEditor {
  text(): string;
  /** Puts another text in, as one change that can be undone. */
  replace(text: string): void;
  /** Marks what is wrong at its place. */
  mark(diagnostics: readonly Diagnostic[]): void;
  goTo(line: number): void;
  focus(): void;
  destroy(): void;
}

export interface YamlEditorOptions {
  readonly text: string;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly changed: () => void;
  /** What could stand at an offset. */
  readonly complete: (text: string, offset: number) => Promise<Completions | undefined>;
}

export function createYamlEditor(parent: HTMLElement, options: YamlEditorOptions): YamlEditor {
  const { text, label, changed } = options;

  async function suggest(context: CompletionContext): Promise<CompletionResult | null> {
    const found = await options.complete(context.state.doc.toString(), context.pos);
    // Nothing is pushed upon whoever has not begun a word.
    if (found === undefined || found.options.length === 0 || (!context.explicit && found.from === context.pos))
      return null;
    return {
      from: found.from,
      to: found.to,
      options: found.options.map((one) => ({
        label: one.label,
        type: one.kind === 'key' ? 'property' : 'constant',
        info: one.about,
        apply: one.insert,
      })),
    };
  }

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        lintGutter(),
        yaml(),
        autocompletion({ override: [suggest], icons: false }),
        yamlColours,
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed();
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    replace(next) {
      if (next === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    mark(diagnostics) {
      const end = view.state.doc.length;
      const marks = diagnostics.map((one): Mark => {
        const from = Math.min(one.from, end);
        return { from, to: Math.max(from, Math.min(one.to, end)), severity: one.severity, message: one.message };
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
    goTo(line) {
      const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
