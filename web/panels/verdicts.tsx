import type { Answer } from '../../workers/client.ts';
import { Icon } from '../look/icon.tsx';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';
import { Told } from './told.tsx';

/** Every expectation with how it came out and what decided. */
export function VerdictsPanel() {
  const { model, desk } = usePage();
  const lab = model.lab.value;
  const verdicts = model.verdicts.value;
  if (lab === undefined) return null;
  const judged = verdicts.length > 0;
  const held = verdicts.filter((one) => one.held).length;
  return (
    <div class="verdicts scroll">
      <header class="about">
        <h2>{lab.name}</h2>
        {lab.about === '' ? null : <p class="soft">{lab.about}</p>}
      </header>
      {lab.expectations.length === 0 ? (
        <p class="soft none">{text('verdicts.none')}</p>
      ) : (
        <>
          <h3>{judged ? text('verdicts.summary', { held, count: verdicts.length }) : text('verdicts.pending')}</h3>
          <ul>
            {lab.expectations.map((expectation, at) => {
              const verdict = verdicts[at];
              const state = verdict === undefined ? 'pending' : verdict.held ? 'held' : 'failed';
              return (
                <li key={at} class={`verdict ${state}`} data-verdict={state}>
                  <span class={`sign ${state === 'held' ? 'tone-good' : state === 'failed' ? 'tone-failed' : 'soft'}`}>
                    <Icon name={state === 'held' ? 'held' : state === 'failed' ? 'failed' : 'more'} />
                    <span class="unseen">{state === 'pending' ? '' : text(`verdicts.${state}`)}</span>
                  </span>
                  <div>
                    <p class="mono expectation">{expectation.text.replace(/^\{\s*|\s*\}$/g, '')}</p>
                    {verdict === undefined ? null : <p class="soft evidence">{verdict.evidence}</p>}
                    <p class="links">
                      {expectation.line > 0 ? (
                        <button
                          type="button"
                          class="quiet"
                          onClick={() => {
                            desk.editor.value = true;
                            desk.editorLine.value = expectation.line;
                          }}
                        >
                          {text('verdicts.line', { line: expectation.line })}
                        </button>
                      ) : null}
                      {(verdict?.records ?? []).slice(0, 3).map((record) => (
                        <button
                          key={record}
                          type="button"
                          class="quiet"
                          onClick={() => void model.select({ kind: 'packet', record })}
                        >
                          {text('verdicts.record', { record })}
                        </button>
                      ))}
                    </p>
                  </div>
                </li>
              );
            })}
          </ul>
          <Why answers={model.answers.value} />
        </>
      )}
    </div>
  );
}

/** For what failed: the chain that decided, the effect first, and what cures it. */
function Why({ answers }: { answers: readonly Answer[] }) {
  const { model } = usePage();
  if (answers.length === 0) return null;
  return (
    <section class="why">
      <h3>{text('verdicts.why')}</h3>
      {answers.map((answer) => (
        <details key={answer.question} class="answer">
          <summary>
            {answer.question}
            <span class="tone-failed"> {answer.verdict}</span>
          </summary>
          <ol>
            {answer.chain.map((sentence) => (
              <li key={sentence.record}>
                <button
                  type="button"
                  class="quiet mono"
                  onClick={() => {
                    model.playing.value = false;
                    model.seek(sentence.time);
                    void model.select({ kind: 'packet', record: sentence.record });
                  }}
                >
                  {formatMoment(sentence.time)} s
                </button>
                <Told sentence={sentence} failed={false} />
              </li>
            ))}
          </ol>
        </details>
      ))}
    </section>
  );
}
