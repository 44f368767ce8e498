import type { Column } from '../../core/index.ts';
import type { NodeView } from '../../workers/client.ts';
import { NodeIcon } from '../look/icon.tsx';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { NodeActions } from './actions.tsx';
import { usePage } from './page.ts';
import { StateChart } from './state-chart.tsx';

/** The node that is selected, at the instant that is shown: its interfaces, and every table that its plugins declare. */
export function NodePanel() {
  const { model } = usePage();
  const node = model.node.value;
  if (node === undefined) return <p class="empty soft">{text('inspector.nothing')}</p>;
  // Those that run come first.
  const machines = node.plugins
    .flatMap((plugin) => plugin.machines)
    .sort((a, b) => Number(b.running.length > 0) - Number(a.running.length > 0));
  return (
    <div class="node-panel scroll">
      <header class="about with-icon">
        <NodeIcon kind={node.kind} size={40} />
        <div>
          <h2>{node.name}</h2>
          <p class="soft">
            {node.kind} · <span class="mono">{text('node.at', { time: formatMoment(node.time) })} s</span>
          </p>
        </div>
      </header>
      <NodeActions node={node} />
      <Table
        title={text('node.interfaces')}
        columns={[
          { key: 'name', title: text('node.interface') },
          { key: 'addresses', title: text('node.addresses') },
          { key: 'mtu', title: text('node.mtu') },
          { key: 'state', title: text('node.state') },
        ]}
        rows={node.interfaces.map((one) => ({
          name: one.name,
          addresses: one.addresses.join(' '),
          mtu: one.mtu,
          state: text(one.up ? 'node.up' : 'node.down'),
        }))}
      />
      <NodeLinks node={node} />
      {machines.map((machine) => (
        <StateChart key={`${node.name}/${machine.name}`} node={node.name} machine={machine} />
      ))}
      {node.plugins.flatMap((plugin) =>
        plugin.tables.map((table) => (
          <Table
            key={`${plugin.name}/${table.name}`}
            title={table.title}
            by={plugin.title}
            columns={table.columns}
            rows={table.rows}
          />
        )),
      )}
    </div>
  );
}

/** The way to the links of the node. */
function NodeLinks({ node }: { node: NodeView }) {
  const { model } = usePage();
  const links = node.interfaces.flatMap(({ name, link }) => {
    const there = model.lab.value?.links[link];
    return there === undefined ? [] : [{ name, link: there.name }];
  });
  if (links.length === 0) return null;
  return (
    <section class="table">
      <h3>{text('node.links')}</h3>
      <ul class="facts">
        {links.map(({ name, link }) => (
          <li key={name}>
            <button
              type="button"
              class="quiet mono"
              data-link={link}
              onClick={() => void model.select({ kind: 'link', name: link })}
            >
              {link}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Table(props: {
  readonly title: string;
  readonly by?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}) {
  const { title, by, columns, rows } = props;
  return (
    <section class="table">
      <h3>
        {title}
        {by === undefined || title.includes(by) ? null : <span class="soft"> {by}</span>}
      </h3>
      {rows.length === 0 ? (
        <p class="soft none">{text('node.empty')}</p>
      ) : (
        <div class="table-view scroll">
          <table>
            <thead>
              <tr>
                {columns.map(({ key, title: head }) => (
                  <th key={key} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  {columns.map(({ key, share }) => (
                    <td key={key} class={typeof row[key] === 'number' ? 'figure' : ''}>
                      {row[key] ?? ''}
                      {share === undefined ? null : (
                        <span class="left" aria-hidden="true">
                          <span style={{ width: `${(100 * Number(row[share] ?? 0)).toFixed(1)}%` }} />
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
