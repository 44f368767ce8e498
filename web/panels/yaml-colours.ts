import { syntaxTree } from '@codemirror/language';
import { RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

/** Classes by the names of the YAML grammar's nodes; the style sheet gives them their colours in both themes. */
const CLASSES: Readonly<Record<string, Decoration>> = Object.fromEntries(
  Object.entries({
    Key: 'yaml-key',
    QuotedLiteral: 'yaml-quoted',
    Comment: 'yaml-comment',
    Anchor: 'yaml-alias',
    Alias: 'yaml-alias',
    Tag: 'yaml-alias',
  }).map(([node, style]) => [node, Decoration.mark({ class: style })]),
);

function colours(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        const decoration = CLASSES[node.name];
        if (decoration === undefined || node.from >= node.to) return true;
        builder.add(node.from, node.to, decoration);
        return false;
      },
    });
  }
  return builder.finish();
}

/** Colours keys, quoted texts and comments of what is in sight. */
export const yamlColours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = colours(view);
    }

    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state)) {
        this.decorations = colours(update.view);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
